/** Mutations of config.json: each gives a configuration within its bounds, or is a SampanError. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { below, mutateBytes, mutateValues, pick } from '../../../test/fuzz/mutations.ts';
import { SampanError } from '../../base/errors.ts';
import { mulberry32 } from '../../base/mulberry32.ts';
import { type JsonObject, parseJsonObject } from '../json-file.ts';
import type { ModelConfig } from '../model-config.ts';
import { parseHfConfig } from './hf-config.ts';
import { parseHfEos, parseHfSampling } from './hf-generation.ts';

const published = JSON.parse(
  readFileSync(
    path.resolve(import.meta.dirname, '../../../test/golden/hf-config/published.json'),
    'utf8',
  ),
) as Record<string, { config: JsonObject; saved: JsonObject }>;
const goodConfigs = Object.values(published).flatMap(({ config, saved }) => [config, saved]);

/** What the rest of Sampan counts on without asking again. */
function isWithinBounds(config: ModelConfig): boolean {
  const { mla, moe, rope } = config;
  const counts = [
    ...[config.vocabSize, config.hiddenSize, config.intermediateSize, config.numHiddenLayers],
    ...[config.numAttentionHeads, config.numKeyValueHeads, config.headDim, rope.dims],
    config.maxPositionEmbeddings,
    ...(mla ? [mla.kvLoraRank, mla.qkNopeHeadDim, mla.qkRopeHeadDim, mla.vHeadDim] : []),
    ...(moe ? [moe.nRoutedExperts, moe.numExpertsPerTok, moe.moeIntermediateSize] : []),
    ...(moe ? [moe.nGroup, moe.topkGroup, moe.nRoutedExperts / moe.nGroup] : []),
  ];
  const reals = [config.rmsNormEps, rope.theta, moe?.routedScalingFactor ?? 1];
  const scalings = Object.values(rope.scaling).filter((value) => typeof value === 'number');
  const candidates = moe ? (moe.nRoutedExperts / moe.nGroup) * moe.topkGroup : 0;
  return (
    counts.every((count) => Number.isInteger(count) && count >= 1 && count <= 2 ** 28) &&
    [...reals, ...scalings].every(Number.isFinite) &&
    config.numAttentionHeads % config.numKeyValueHeads === 0 &&
    rope.dims % 2 === 0 &&
    (moe?.numExpertsPerTok ?? 0) <= candidates
  );
}

test('10,000 damaged configurations are within bounds or refused, none slowly', () => {
  const random = mulberry32(4096);
  const outcomes = { parsed: 0, refused: 0 };
  let slowestMs = 0;
  let longestMessage = 0;
  for (let round = 0; round < 10_000; round += 1) {
    const good = pick(random, goodConfigs);
    const text =
      below(random, 4) === 0
        ? Buffer.from(mutateBytes(random, Buffer.from(JSON.stringify(good)))).toString()
        : JSON.stringify(mutateValues(random, good));
    const start = performance.now();
    try {
      const json = parseJsonObject('config.json', text);
      const config = parseHfConfig('config.json', 'm', json);
      if (!isWithinBounds(config)) expect(config).toBe('within bounds');
      outcomes.parsed += 1;
    } catch (thrown) {
      if (!(thrown instanceof SampanError)) throw thrown;
      longestMessage = Math.max(longestMessage, thrown.message.length);
      outcomes.refused += 1;
    }
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
  expect(outcomes.parsed).toBeGreaterThan(2000);
  expect(outcomes.refused).toBeGreaterThan(2000);
  expect(slowestMs).toBeLessThan(5000);
  expect(longestMessage).toBeLessThan(2000);
});

test('5,000 damaged generation configurations are within bounds or refused', () => {
  const random = mulberry32(60);
  const good = { temperature: 0.6, top_p: 0.95, top_k: 20, min_p: 0, eos_token_id: [1, 2] };
  let refused = 0;
  for (let round = 0; round < 5000; round += 1) {
    const json = mutateValues(random, good) as JsonObject;
    try {
      const { temperature = 0, topP = 1, topK = 0, minP = 0 } = parseHfSampling('g', json);
      const isInRange = temperature >= 0 && topP > 0 && topP <= 1 && minP >= 0 && minP <= 1;
      const ids = [topK, ...parseHfEos('g', json)];
      const areIds = ids.every((id) => Number.isInteger(id) && id >= 0);
      if (!isInRange || !areIds) expect(json).toBe('refused');
    } catch (thrown) {
      if (!(thrown instanceof SampanError)) throw thrown;
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(500);
});
