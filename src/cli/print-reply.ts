/**
 * A reply as people see it: thinking as it comes, dimmer; then the answer; then one line of
 * figures. The answer alone goes to stdout, so that it can be piped; the rest is on stderr.
 */
import type { ChatReply, LoadedModel } from '../engine/loaded-model.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import type { Summary } from '../engine/reply.ts';
import type { LengthCause } from '../engine/sequence.ts';
import { hasColours, paint, type Terminal } from './terminal.ts';

/** What this needs of a model. */
export type Answerer = Pick<LoadedModel, 'chat' | 'info'>;

/** Resolves to the answer's text. Rejects as the reply does, with the lines ended. */
export async function printReply(
  reply: ChatReply,
  info: ModelInfo,
  terminal: Terminal,
  options: { readonly hideThinking: boolean },
): Promise<string> {
  const { stdout, stderr } = terminal;
  const thinking = new ThinkingPrinter(terminal);
  let answer = '';
  try {
    for await (const piece of reply) {
      if (piece.type === 'reasoning') {
        if (!options.hideThinking) thinking.write(harmless(piece.text));
        continue;
      }
      if (piece.type !== 'text') continue; // no tools are offered here
      thinking.end();
      // Models put empty lines between thinking and answer.
      const text = answer === '' ? piece.text.trimStart() : piece.text;
      answer += text;
      stdout.write(harmless(text));
    }
  } finally {
    thinking.end();
    if (answer !== '' && !answer.endsWith('\n')) stdout.write('\n');
  }
  stderr.write(`${paint(stderr, 'dim', figures(await reply.summary, info))}\n`);
  return answer;
}

/** TTFT, tokens/s for prompt and reply, device and threads. */
export function figures(summary: Summary, info: ModelInfo): string {
  const { kind, threads } = info.device;
  const parts = [
    `${count(summary.completionTokens, 'token')} (${summary.reasoningTokens} thinking)`,
    `TTFT ${(summary.ttftMs / 1000).toFixed(2)} s`,
    `prompt ${perSecond(summary.prefillTokensPerSecond)}`,
    `reply ${perSecond(summary.decodeTokensPerSecond)}`,
    `${kind}, ${count(threads, 'thread')}`,
  ];
  const { finishReason, lengthCause = 'maxTokens' } = summary;
  if (finishReason === 'length') parts.push(`cut: ${cuts[lengthCause]}`);
  return parts.join(' · ');
}

const cuts: Readonly<Record<LengthCause, string>> = {
  maxTokens: 'the token limit was reached',
  context: 'the context is full',
  loop: 'it went round in circles',
  deadline: 'its time was up',
};

/** Dim where the terminal has styles; where not, lines that begin with a bar. */
class ThinkingPrinter {
  readonly #terminal: Terminal;
  #state: 'unused' | 'line start' | 'in line' | 'ended' = 'unused';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  write(text: string): void {
    const { stderr } = this.#terminal;
    const shown = this.#state === 'unused' ? text.trimStart() : text;
    if (shown === '') return;
    if (hasColours(stderr)) {
      stderr.write(paint(stderr, 'dim', shown));
      this.#state = shown.endsWith('\n') ? 'line start' : 'in line';
      return;
    }
    for (const line of shown.split(/(?<=\n)/)) {
      stderr.write(this.#state === 'in line' ? line : `| ${line}`);
      this.#state = line.endsWith('\n') ? 'line start' : 'in line';
    }
  }

  end(): void {
    if (this.#state === 'in line') this.#terminal.stderr.write('\n');
    this.#state = 'ended';
  }
}

/** What a model writes must not rule the terminal: control characters out, tabs and lines stay. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed here
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function perSecond(rate: number): string {
  return `${rate >= 100 ? Math.round(rate) : rate.toFixed(1)} tokens/s`;
}
