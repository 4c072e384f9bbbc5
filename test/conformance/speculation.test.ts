/**
 * Speculation changes nothing but the time, on real architectures: 16 concurrent requests of all
 * kinds give the same tokens and log probabilities with it as without, in memory so short that
 * they preempt each other; and the embedded model with its own MTP module. On the reference
 * device, where a row does not depend on its neighbours down to the last bit.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { Engine, type EngineLimits, type EngineOptions } from '../../src/engine/engine.ts';
import { type SamplingOptions, samplingParams } from '../../src/engine/sampling-params.ts';
import type { TokenSink } from '../../src/engine/sequence.ts';
import type { Checkpoint } from '../../src/formats/checkpoint.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/models/registry.ts';
import { freeSteps } from '../fakes/free-steps.ts';

const golden = path.resolve(import.meta.dirname, '../golden');
/** Other number formats and other rotations run through the same layers: one of each is enough. */
const sameLayers = ['deepseek-v3-fp8', 'qwen3-yarn'];
const checkpoints = readdirSync(golden).filter(
  (name) => !sameLayers.includes(name) && existsSync(path.join(golden, name, 'model.safetensors')),
);

describe.each(checkpoints)('%s', (name) => {
  let checkpoint: Checkpoint;
  let model: Model;
  let expected: Reply[];

  beforeAll(async () => {
    checkpoint = await openCheckpoint(path.join(golden, name));
    model = await loadModel(checkpoint.config, checkpoint.tensors, ReferenceDevice.open());
    expected = (await generate(model, requests(model), { speculation: 'off' })).replies;
  });
  afterAll(() => {
    model.close();
    checkpoint.close();
  });

  test('with speculation as without, in a cache for one', async () => {
    const limits = { blockTokens: 2, numBlocks: 40 };
    const { replies, counters } = await generate(model, requests(model), limits);
    expect(replies).toEqual(expected);
    expect(counters.acceptedTokens).toBeGreaterThan(0);
    expect(counters.preemptions).toBeGreaterThan(0);
  });
});

describe('nano', () => {
  const folder = path.resolve(import.meta.dirname, '../../models/nano');
  const file = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.gguf'))!);
  const questions: { prompt: number[]; reply: number[] }[] = JSON.parse(
    readFileSync(path.join(golden, 'nano/replies.json'), 'utf8'),
  );

  test('its MTP module drafts for it, and the replies are those of transformers', async () => {
    const checkpoint = await openCheckpoint(file);
    const model = await loadModel(checkpoint.config, checkpoint.tensors, ReferenceDevice.open());
    const some = questions.slice(0, 3);
    const asked = some.map(({ prompt }) => ({ prompt, options: { maxTokens: 25 } }));
    const limits = { contextTokens: 400, numBlocks: 200, maxSequences: 2 };
    const { replies, counters } = await generate(model, asked, { ...limits, speculation: 'mtp' });
    expect(replies.map(({ tokens }) => tokens)).toEqual(some.map((q) => q.reply.slice(0, 25)));
    const { draftedTokens, acceptedTokens, steps } = counters;
    expect(draftedTokens).toBeGreaterThan(25);
    expect(acceptedTokens / draftedTokens).toBeGreaterThan(0.9);
    // Plain decoding, two at a time, takes 50.
    expect(steps).toBeLessThan(35);
    model.close();
    checkpoint.close();
  });
});

interface Request {
  readonly prompt: readonly number[];
  readonly options: SamplingOptions;
}
interface Reply {
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
}

/** 16 prompts of 1 to 25 tokens that repeat themselves, half of the replies sampled. */
function requests({ config: { vocabSize } }: Model): Request[] {
  const kinds: SamplingOptions[] = [
    {},
    { temperature: 0.3 },
    { presencePenalty: 0.5, frequencyPenalty: 0.2 },
    { temperature: 0.4, topK: 4, logitBias: { 5: 7 } },
    { repetitionPenalty: 1.1 },
    { temperature: 0.2, topP: 0.9 },
  ];
  return Array.from({ length: 16 }, (_, i) => ({
    prompt: Array.from(
      { length: 1 + ((i * 7) % 25) },
      (_, j) => (i * 31 + (j % 6) * 17) % vocabSize,
    ),
    options: { ...kinds[i % kinds.length], maxTokens: 14 + 2 * i, seed: i },
  }));
}

/** All requests at once. */
async function generate(
  model: Model,
  requests: readonly Request[],
  { speculation = 'auto', ...limits }: Partial<EngineLimits> & EngineOptions,
) {
  const { vocabSize } = model.config;
  const engine = new Engine(
    model,
    {
      ...{ contextTokens: 80, numBlocks: 256, blockTokens: 16, maxSequences: 4 },
      ...{ maxPrefillTokens: 512, vocabSize, ...limits },
    },
    { speculation, stepCost: freeSteps },
  );
  const greedy = { temperature: 0, topP: 1, topK: 0, minP: 0 };
  const replies = await Promise.all(
    requests.map(({ prompt, options }) => {
      const params = samplingParams(options, greedy, vocabSize, []);
      return new Promise<Reply>((resolve, reject) => {
        const [tokens, logprobs]: [number[], number[]] = [[], []];
        const sink: TokenSink = {
          onToken(token, row) {
            tokens.push(token);
            if (row) logprobs.push(engine.sampler.logprobs(row, token, 0).logprob);
            return 'continue';
          },
          onFinish: () => resolve({ tokens, logprobs }),
          onError: (_, reason) => reject(reason),
        };
        engine.add(prompt, params, sink);
      });
    }),
  );
  await engine.close();
  return { replies, counters: engine.counters };
}
