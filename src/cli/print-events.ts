/**
 * A reply for programs: NDJSON on stdout. `start` says what answers, `reasoning` and `text` are
 * the reply as it comes, `done` has the figures and the device they were reached on. A failure of the user's situation ends with `error`.
 */
import { SampanError } from '../base/errors.ts';
import type { ChatReply } from '../engine/loaded-model.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import type { Terminal } from './terminal.ts';

export async function printEvents(
  reply: ChatReply,
  info: ModelInfo,
  terminal: Terminal,
  options: { readonly hideThinking: boolean },
): Promise<void> {
  const print = (event: object) => printEvent(event, terminal);
  const { name, file, architecture, quantisation, device, contextTokens } = info;
  print({ type: 'start', name, file, architecture, quantisation, device, contextTokens });
  for await (const piece of reply) {
    if (piece.type !== 'reasoning' || !options.hideThinking) print(piece);
  }
  print({ type: 'done', ...(await reply.summary), device });
}

/** Before the failure goes on to become text on stderr and an exit code. */
export function printFailure(cause: unknown, terminal: Terminal): void {
  if (!(cause instanceof SampanError)) return;
  const { code, message, remedy } = cause;
  printEvent({ type: 'error', code, message, remedy }, terminal);
}

export function printEvent(event: object, { stdout }: Terminal): void {
  stdout.write(`${JSON.stringify(event)}\n`);
}
