/** A LoadedModel over a fake model and a vocabulary of bytes: for tests of what becomes of replies. */
import { Chat } from '../../src/engine/chat.ts';
import { Engine } from '../../src/engine/engine.ts';
import { LoadedModel } from '../../src/engine/loaded-model.ts';
import { fakeInfo } from './fake-answerer.ts';
import { FakeModel, type FakeModelOptions } from './fake-model.ts';
import { FakeTokenizer } from './fake-tokenizer.ts';

const chatTemplate =
  "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}[a]<think>\n{% endif %}";

export function fakeLoadedModel(
  options: FakeModelOptions = {},
  { contextTokens = 400, tokenizer = new FakeTokenizer() } = {},
): LoadedModel {
  const fake = new FakeModel(options);
  const engine = new Engine(fake, {
    ...{ contextTokens, numBlocks: contextTokens, blockTokens: 4, maxPrefillTokens: 64 },
    ...{ maxSequences: 16, vocabSize: 259 },
  });
  const sampling = { temperature: 0.6, topP: 1, topK: 0, minP: 0, source: 'plain' } as const;
  return new LoadedModel({
    ...{ tokenizer, engine, chat: new Chat({ chatTemplate }, tokenizer) },
    info: { ...fakeInfo, vocabSize: 259, contextTokens, sampling },
    close: async () => fake.close(),
  });
}
