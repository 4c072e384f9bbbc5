/**
 * The embedded model in both of its forms and on every device against transformers: the same prompt
 * tokens, the same greedy reply, token by token. nano/replies.json is made by nano/make-replies.py.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Device } from '../../src/devices/device.ts';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { chatTemplateFor } from '../../src/formats/chat/built-in-templates.ts';
import { encodeChat } from '../../src/formats/chat/encode-chat.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import { load } from '../../src/index.ts';
import { loadModel } from '../../src/models/registry.ts';
import { openDevice } from '../../src/nn/open-device.ts';
import { compiledKinds } from '../conformance/compiled-kinds.ts';
import { best, ModelRunner } from '../model-runner.ts';

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
const ggufForm = path.join(folder, ggufFiles[0] ?? 'missing');
const forms = [
  ['safetensors', folder],
  ['GGUF', ggufForm],
] as const;

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

test.each(
  forms.flatMap(([name, form]) => compiledKinds.map((kind) => [name, kind, form] as const)),
)('%s: replies as transformers, all questions at once, on %s', async (_, device, form) => {
  await using model = await load(form, { device });
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
});

/** The chats as they are, in three languages, forced upon the model. */
describe('some 900 tokens of chats', () => {
  let expected: Forced;
  beforeAll(async () => {
    expected = await forced(ReferenceDevice.open());
  }, 120_000);

  test('on the reference device every token of the replies is the most likely', () => {
    expect(expected.replies).toEqual(goldens.map(({ reply }) => reply));
  });

  // The module sees hidden states of the main model and the token that followed, and drafts the
  // one after: how often it is the token that the model then chose is its acceptance rate.
  test('the MTP module drafts most tokens of the replies', () => {
    console.log(`MTP acceptance ${(100 * expected.acceptance).toFixed(1)} %`);
    expect(expected.acceptance).toBeGreaterThan(0.5);
  });

  test.each(compiledKinds)('%s finds them as likely as the reference does', async (kind) => {
    const { device } = await openDevice({ device: kind });
    const found = await forced(device);
    await device.close();
    expect(found.replies).toEqual(expected.replies);
    expect(found.acceptance).toBeCloseTo(expected.acceptance, 2);
    // Nearly all tokens of the replies are certain: the means are -7.182e-4 and -7.175e-4.
    expect(Math.abs(found.ofReplies - expected.ofReplies)).toBeLessThan(3e-6);
    // Those of the questions nano never learnt to predict; where a KV cache of f16 makes it ask
    // another expert they differ by up to 2, in the mean by 9e-4 of -2.677.
    expect(found.ofAll / expected.ofAll).toBeGreaterThan(0.998);
    expect(found.ofAll / expected.ofAll).toBeLessThan(1.002);
  });
});

interface Forced {
  /** What the model would have said at each place of the replies. */
  readonly replies: readonly (readonly number[])[];
  /** Mean log-probability of the replies' tokens, and of all but the first of each chat. */
  readonly ofReplies: number;
  readonly ofAll: number;
  /** Drafts of the MTP module that are the reply's token. */
  readonly acceptance: number;
}

async function forced(device: Device): Promise<Forced> {
  const checkpoint = await openCheckpoint(ggufForm);
  const model = await loadModel(checkpoint.config, checkpoint.tensors, device);
  const replies: number[][] = [];
  const all: number[] = [];
  const ofReply: number[] = [];
  let [accepted, drafted] = [0, 0];
  for (const { prompt, reply } of goldens) {
    const tokens = [...prompt, ...reply];
    const runner = new ModelRunner(model, tokens.length);
    const { logits, drafts } = await runner.draft(tokens.slice(0, -1), tokens.slice(1));
    runner.close();
    const start = prompt.length - 1;
    const logProbabilities = logits.map((row, t) => logProbability(row, tokens[t + 1]));
    all.push(...logProbabilities);
    ofReply.push(...logProbabilities.slice(start));
    replies.push(logits.slice(start).map((row) => best(row).token));
    const after = tokens.slice(start + 2);
    drafted += after.length;
    accepted += after.filter((token, i) => best(drafts[start + i]).token === token).length;
  }
  model.close();
  checkpoint.close();
  const acceptance = accepted / drafted;
  return { replies, ofReplies: mean(ofReply), ofAll: mean(all), acceptance };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function logProbability(logits: Float32Array, token: number): number {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0);
  return logits[token] - largest - Math.log(sum);
}
