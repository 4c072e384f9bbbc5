/** A model whose replies come from a generator: for tests of what is made of replies. */
import type { Answerer } from '../../src/cli/print-reply.ts';
import type { ChatMessage } from '../../src/engine/chat.ts';
import { ChatReply } from '../../src/engine/chat-reply.ts';
import type { ChatOptions } from '../../src/engine/loaded-model.ts';
import type { ModelInfo } from '../../src/engine/model-info.ts';
import type { Summary } from '../../src/engine/reply.ts';
import type { ChatPiece } from '../../src/engine/reply-writer.ts';

export const fakeInfo: ModelInfo = {
  name: 'Fake',
  file: 'fake.gguf',
  format: 'gguf',
  architecture: 'fake',
  quantisation: 'F32',
  parameterCount: 3_100_000,
  vocabSize: 300,
  device: { kind: 'reference', threads: 1, passedOver: [] },
  contextTokens: 4096,
  maxContextTokens: 4096,
  maxSequences: 4,
  memory: { weightBytes: 0, kvCacheBytes: 0, kvBytesPerToken: 8, kvCacheTokens: 0, note: '' },
  chatTemplate: 'own',
  canThink: true,
  sampling: { temperature: 0.6, topP: 0.95, topK: 0, minP: 0, source: 'plain' },
};

export const fakeSummary: Summary = {
  finishReason: 'stop',
  promptTokens: 12,
  cachedTokens: 0,
  completionTokens: 40,
  reasoningTokens: 30,
  queuedMs: 0,
  ttftMs: 123,
  totalMs: 1123,
  prefillTokensPerSecond: 321.4,
  decodeTokensPerSecond: 39.04,
  preemptions: 0,
  draftedTokens: 0,
  acceptedTokens: 0,
  seed: 1,
};

export function fakeAnswerer(
  answer: (messages: readonly ChatMessage[], options: ChatOptions) => AsyncIterable<ChatPiece>,
  summary: Summary = fakeSummary,
): Answerer {
  return {
    info: fakeInfo,
    chat(messages, options = {}) {
      const reply = new ChatReply({ onLeave() {}, onAnswerNow() {} });
      const copy = async () => {
        try {
          for await (const piece of answer(messages, options)) reply.push(piece);
          reply.finish(summary);
        } catch (reason) {
          reply.fail(reason);
        }
      };
      void copy();
      return reply;
    },
  };
}
