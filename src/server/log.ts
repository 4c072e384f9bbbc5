/**
 * What the server says about its work: one record a line, as text or JSON, to whatever `write`
 * is. Never what was asked or answered, and no keys.
 */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export class Log {
  readonly #format: LogFormat;
  readonly #least: number;
  readonly #write: (line: string) => void;

  constructor(format: LogFormat, level: LogLevel, write: (line: string) => void) {
    this.#format = format;
    this.#least = logLevels.indexOf(level);
    this.#write = write;
  }

  debug(event: string, fields: LogFields = {}): void {
    this.#record('debug', event, fields);
  }
  info(event: string, fields: LogFields = {}): void {
    this.#record('info', event, fields);
  }
  warn(event: string, fields: LogFields = {}): void {
    this.#record('warn', event, fields);
  }
  error(event: string, fields: LogFields = {}): void {
    this.#record('error', event, fields);
  }

  #record(level: LogLevel, event: string, fields: LogFields): void {
    if (logLevels.indexOf(level) < this.#least) return;
    const time = new Date().toISOString();
    this.#write(
      this.#format === 'json'
        ? `${JSON.stringify({ time, level, event, ...fields })}\n`
        : `${time.slice(11, 23)} ${level.padEnd(5)} ${event}${asText(fields)}\n`,
    );
  }
}

function asText(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? quoted(value) : value}`)
    .join('');
}

/** As it is where it is a word; else as JSON, which escapes what could forge another line. */
function quoted(value: string): string {
  return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}
