/**
 * The embedded model through llama.cpp: the same reply, token by token. Its one-file form is
 * quantised, so llama.cpp rounds activations: a choice may fall the other way at a near-tie.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import { loadModel } from '../../src/models/registry.ts';
import { greedy } from '../model-runner.ts';
import { agreement } from './agreement.ts';
import { openInLlama } from './llama-greedy.ts';

const folder = path.resolve(import.meta.dirname, '../../models/nano');
const numTokens = 64;

/** Of the largest logit: what rounding activations to 8 bits can turn over. */
const nearTie = 0.03;

const questions = [
  'What is 37 * 48?',
  'Which is larger, 9.11 or 9.9?',
  'How many times does "r" occur in strawberry?',
  'Xin chào!',
  '你好！12345 + 67890 等于多少？',
];

test('nano continues as llama.cpp does', async () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.gguf'));
  expect(names.length, `${folder} holds the embedded model`).toBe(1);
  const file = path.join(folder, names[0]!);
  const checkpoint = await openCheckpoint(file);
  const tokenizer = checkpoint.tokenizer();
  const model = await loadModel(checkpoint.config, checkpoint.tensors, ReferenceDevice.open());
  const llama = await openInLlama(file);

  for (const question of questions) {
    const text = `<｜begin▁of▁sentence｜><｜User｜>${question}<｜Assistant｜><think>\n`;
    const prompt = tokenizer.encode(text, { special: true });
    // Behind the end of the reply both invent: the reply is what they have to agree on.
    const all = await llama.greedy(prompt, numTokens);
    const end = all.findIndex(({ token }) => tokenizer.eosTokenIds.has(token));
    const reply = end < 0 ? all : all.slice(0, end + 1);
    const { ties } = await agreement(model, prompt, reply);
    for (const tie of ties) {
      console.log(`nano, "${question}": near-tie ${JSON.stringify(tie)}`);
      expect(tie.lead).toBeLessThan(nearTie);
    }
    if (question === questions[0] && ties.length === 0) {
      const ours = await greedy(model, prompt, reply.length);
      expect(ours.map(({ token }) => token)).toEqual(reply.map(({ token }) => token));
    }
  }

  await llama.close();
  model.close();
  checkpoint.close();
});
