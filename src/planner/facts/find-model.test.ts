import { expect, test } from 'vitest';
import { modelTable } from '../../hub/model-names-table.ts';
import { findModel } from './find-model.ts';
import { findPrecision } from './find-precision.ts';
import { modelsTable } from './models-table.ts';
import { precisionsTable } from './precisions-table.ts';

test('no name stands for two models or precisions, and all are in lower case', () => {
  const names = modelsTable.flatMap(({ id, aliases, repository }) => [
    id,
    repository.toLowerCase(),
    ...aliases,
  ]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(names.filter((name) => name !== name.toLowerCase())).toEqual([]);
  const ways = precisionsTable.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(ways.filter((name, index) => ways.indexOf(name) !== index)).toEqual([]);
});

test.each([
  ['deepseek-r1', 'deepseek-r1'],
  ['deepseek-r1:671b', 'deepseek-r1'],
  ['deepseek-r1:7b', 'r1-distill-qwen-7b'],
  ['R1-Distill-Qwen-32B', 'r1-distill-qwen-32b'],
  ['deepseek-ai/DeepSeek-R1-Distill-Llama-70B', 'r1-distill-llama-70b'],
  ['nvidia/DeepSeek-R1-NVFP4', 'deepseek-r1'],
  ['nvidia/DeepSeek-V3.1-NVFP4', 'deepseek-v3.1'],
  ['nvidia/Qwen3-32B-NVFP4', 'qwen3-32b'],
  ['meta-llama/Llama-3.1-70B', 'llama-3.1-70b'],
  ['deepseek-v3.2-exp', 'deepseek-v3.2'],
  ['deepseek-ai/DeepSeek-V3.1-Terminus', 'deepseek-v3.1'],
  ['deepseek-coder-v2-lite', 'deepseek-v2-lite'],
])('%s is %s', (name, id) => {
  expect(findModel(name).id).toBe(id);
});

test('what can be pulled can be planned, by its short name with a tag and by its repository', () => {
  for (const { name, original } of modelTable) {
    expect(findModel(name).id).toBe(findModel(original).id);
  }
});

test('an unknown name gets the nearest ones', () => {
  expect(() => findModel('deepsek-v3')).toThrowError(
    expect.objectContaining({ code: 'plan_model_unknown' }),
  );
  expect(() => findModel('deepsek-v3')).toThrowError(/deepseek-v3/);
  expect(() => findPrecision('fp7')).toThrowError(
    expect.objectContaining({ code: 'plan_precision_unknown' }),
  );
});

test.each([
  ['FP16', 'bf16'],
  ['nvfp4', 'fp4'],
  ['awq', 'int4'],
  ['W8A8', 'int8'],
  ['Q4_K_M', 'q4_k_m'],
])('%s is the precision %s', (name, id) => {
  expect(findPrecision(name).id).toBe(id);
});
