import { expect, test } from 'vitest';
import { findModel } from '../facts/find-model.ts';
import { type FactorTables, factorsOf, youngKind } from './factors.ts';
import { priorChip, priorEngineOf } from './prior-factors.ts';

const defaults = { chip: priorChip('nvidia-hopper'), engine: priorEngineOf('vllm') };
const nothing: FactorTables = { chips: {}, engines: {}, releases: {}, kinds: {} };

test('what no result speaks of is as before the fit', () => {
  const factors = factorsOf(nothing, defaults, { family: 'hygon', engine: 'vllm-hygon' });
  expect(factors.compute.bf16).toBe(defaults.chip.bf16);
  expect(factors.memory).toBe(defaults.chip.memory);
  expect(factors).toMatchObject({ decodeSpeed: 1, prefillSpeed: 1 });
});

test('a family, an engine, a release and a kind of attention each have their say', () => {
  const tables: FactorTables = {
    chips: { 'nvidia-hopper': { ...defaults.chip, fp8: 0.4, memory: 0.9, launches: 2 } },
    engines: { vllm: { ...defaults.engine, kernels: 1.5, layerMicros: 10, firstTokenMs: 40 } },
    releases: { 'vllm@0.12.0': { decodeSpeed: 1.25, firstToken: 0.5, promptsFirst: 100 } },
    kinds: { compressed: { speed: 0.3 } },
  };
  const of = (release?: string, kind?: 'compressed') =>
    factorsOf(tables, defaults, {
      family: 'nvidia-hopper',
      engine: 'vllm',
      ...(release && { release }),
      ...(kind && { kind }),
    });
  expect(of().compute.fp8).toBeCloseTo(0.6, 12);
  // No chip moves more than its data sheet says.
  expect(of().memory).toBe(0.95);
  expect(of().layerMicros).toBe(20);
  expect(of('0.12.0')).toMatchObject({ decodeSpeed: 1.25, firstTokenMs: 20, promptsFirst: 1 });
  expect(of('9.9.9')).toEqual(of());
  expect(of('0.12.0', 'compressed').decodeSpeed).toBeCloseTo(0.375, 12);
  expect(of(undefined, 'compressed').prefillSpeed).toBe(0.3);
});

test.each([
  ['deepseek-v3', undefined],
  ['r1-distill-qwen-7b', undefined],
  ['deepseek-v3.2', 'sparse'],
  ['deepseek-v4-flash', 'compressed'],
])('attention of %s is young: %s', (model, kind) => {
  expect(youngKind(findModel(model))).toBe(kind);
});
