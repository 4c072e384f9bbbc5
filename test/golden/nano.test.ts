/**
 * The embedded model in both of its forms against transformers: the same prompt tokens, the same
 * greedy reply, token by token. nano/replies.json is made by nano/make-replies.py.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { chatTemplateFor } from '../../src/formats/chat/built-in-templates.ts';
import { encodeChat } from '../../src/formats/chat/encode-chat.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import { load } from '../../src/index.ts';
import { loadModel } from '../../src/models/registry.ts';
import { ModelRunner } from '../model-runner.ts';

interface Golden {
  readonly question: string;
  readonly prompt: readonly number[];
  /** Ends with the end-of-sentence token, or where make-replies.py stopped. */
  readonly reply: readonly number[];
}
const goldens: readonly Golden[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'nano/replies.json'), 'utf8'),
);
const folder = path.resolve(import.meta.dirname, '../../models/nano');
const ggufFiles = readdirSync(folder).filter((file) => file.endsWith('.gguf'));
const forms = [
  ['safetensors', folder],
  ...ggufFiles.map((file) => ['GGUF', path.join(folder, file)]),
];
const timeout = 240_000; // some 700 tokens on a slow device: half a minute on a busy machine

test('nano is there as safetensors and as one GGUF file', () => {
  expect(ggufFiles).toHaveLength(1);
});

test.each(forms)('%s: chats are encoded as transformers does', async (_, form) => {
  const checkpoint = await openCheckpoint(form);
  const tokenizer = checkpoint.tokenizer();
  const template = chatTemplateFor(tokenizer, checkpoint.chatTemplate);
  for (const { question, prompt } of goldens) {
    const { ids, startsInReasoning } = encodeChat(tokenizer, template, [
      { role: 'user', content: question },
    ]);
    expect(ids).toEqual(prompt);
    expect(startsInReasoning).toBe(true);
  }
  checkpoint.close();
});

test.each(forms)(
  '%s: replies as transformers, all questions at once',
  { timeout },
  async (_, form) => {
    await using model = await load(form);
    const replies = goldens.map(async ({ prompt, reply }) => {
      const options = { temperature: 0, maxTokens: reply.length, logprobs: 1 };
      const { summary } = model.generate(prompt, options);
      const { logprobs = [], finishReason } = await summary;
      return { tokens: logprobs.map(({ id }) => id), finishReason };
    });
    for (const [i, { tokens, finishReason }] of (await Promise.all(replies)).entries()) {
      const { question, reply } = goldens[i];
      const expected = finishReason === 'stop' ? reply.slice(0, -1) : reply;
      expect({ question, tokens }).toEqual({ question, tokens: expected });
    }
  },
);

// The module sees hidden states of the main model and the token that followed, and drafts the one
// after: how often it is the token that the model then chose is its acceptance rate.
test.each(forms)('%s: MTP drafts most tokens of the replies', { timeout }, async (_, form) => {
  const checkpoint = await openCheckpoint(form);
  const model = await loadModel(checkpoint.config, checkpoint.tensors, ReferenceDevice.open());
  let [accepted, drafted] = [0, 0];
  for (const { prompt, reply } of goldens) {
    const tokens = [...prompt, ...reply];
    const runner = new ModelRunner(model, tokens.length);
    const drafts = await runner.draft(tokens.slice(0, -1), tokens.slice(1));
    for (let t = prompt.length - 1; t + 2 < tokens.length; t++) {
      const draft = drafts[t].indexOf(drafts[t].reduce((a, b) => Math.max(a, b)));
      drafted++;
      if (draft === tokens[t + 2]) accepted++;
    }
    runner.close();
  }
  console.log(`MTP acceptance ${((100 * accepted) / drafted).toFixed(1)} % of ${drafted} tokens`);
  expect(accepted / drafted).toBeGreaterThan(0.5);
  model.close();
  checkpoint.close();
});
