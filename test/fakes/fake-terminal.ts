/** A terminal for tests: keys go in, everything shown is kept, and one can wait for a text. */
import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../../src/cli/terminal.ts';

const patienceMs = 5000;

class TtyStream extends PassThrough {
  readonly isTTY: boolean;
  readonly columns = 100;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  /** As Node decides it from NO_COLOR, FORCE_COLOR and TERM. */
  getColorDepth(): number {
    return WriteStream.prototype.getColorDepth.call(this);
  }
  setRawMode(): this {
    return this;
  }
}

export class FakeTerminal implements Terminal {
  readonly stdin: TtyStream;
  readonly stdout: TtyStream;
  readonly stderr: TtyStream;
  /** All of stdout and stderr in order, without colours and cursor movements. */
  shown = '';
  readonly written = { stdout: '', stderr: '' };
  readonly #interruptHandlers = new Set<() => void>();
  readonly #terminateHandlers = new Set<() => void>();

  constructor(options: { isTTY?: boolean } = {}) {
    const isTTY = options.isTTY ?? true;
    this.stdin = new TtyStream(isTTY);
    this.stdout = new TtyStream(isTTY);
    this.stderr = new TtyStream(isTTY);
    for (const name of ['stdout', 'stderr'] as const) {
      this[name].setEncoding('utf8').on('data', (text: string) => {
        this.written[name] += text;
        this.shown += stripVTControlCharacters(text);
      });
    }
  }

  onInterrupt(handler: () => void): () => void {
    this.#interruptHandlers.add(handler);
    return () => this.#interruptHandlers.delete(handler);
  }

  /** Ctrl-C while no line is being read: the system sends a signal. */
  interrupt(): void {
    for (const handler of this.#interruptHandlers) handler();
  }

  onTerminate(handler: () => void): () => void {
    this.#terminateHandlers.add(handler);
    return () => this.#terminateHandlers.delete(handler);
  }

  /** SIGTERM. */
  terminate(): void {
    for (const handler of this.#terminateHandlers) handler();
  }

  keys(text: string): void {
    this.stdin.write(text);
  }

  /** Waits for the prompt, types, and waits until `expected` is shown after it. */
  async type(text: string, expected: string): Promise<void> {
    await this.shows('> ');
    this.keys(text);
    await this.shows(expected);
  }

  /** Waits until this is shown; what was shown up to its end is then forgotten. */
  async shows(expected: string): Promise<void> {
    const giveUpAt = performance.now() + patienceMs;
    while (!this.shown.includes(expected)) {
      if (performance.now() > giveUpAt) {
        throw new Error(`not shown: ${JSON.stringify(expected)}; shown: ${this.shown}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.shown = this.shown.slice(this.shown.indexOf(expected) + expected.length);
  }
}
