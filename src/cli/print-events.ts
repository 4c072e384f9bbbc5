/**
 * A reply for programs: NDJSON on stdout. `start` says what answers, `reasoning` and `text` are
 * the reply as it comes, `done` has the figures. A failure ends it with `error` (see converse).
 */
import type { ChatReply } from '../engine/loaded-model.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import type { Terminal } from './terminal.ts';

export async function printEvents(
  reply: ChatReply,
  info: ModelInfo,
  terminal: Terminal,
  options: { readonly hideThinking: boolean },
): Promise<void> {
  const print = (event: object) => terminal.stdout.write(`${JSON.stringify(event)}\n`);
  const { name, file, architecture, quantisation, device, contextTokens } = info;
  print({ type: 'start', name, file, architecture, quantisation, device, contextTokens });
  for await (const { type, text } of reply) {
    if (type === 'text' || !options.hideThinking) print({ type, text });
  }
  print({ type: 'done', ...(await reply.summary) });
}
