/** What runs where, and the refusals: why not, and the nearest thing that works. */
import { describe, expect, test } from 'vitest';
import { chipsTable } from './chips-table.ts';
import { engineSupportTable } from './engine-support-table.ts';
import { enginesTable } from './engines-table.ts';
import { findChip, nameKey } from './find-chip.ts';
import { findEngine } from './find-engine.ts';
import { findPrecision } from './find-precision.ts';
import { modelsTable } from './models-table.ts';
import { refusal, supports } from './supports.ts';

const r1 = { id: 'deepseek-r1', name: 'DeepSeek-R1' };
const v4Flash = { id: 'deepseek-v4-flash', name: 'DeepSeek-V4-Flash' };

describe('refusal', () => {
  test('FP8 on a 910B: it has none, and runs DeepSeek as W8A8', () => {
    expect(refusal(findChip('910b3'), r1, 'fp8')).toEqual({
      reason: 'the chip has no FP8',
      nearest: 'DeepSeek-R1 runs there as int8 with vllm-ascend.',
    });
    expect(refusal(findChip('910b3'), r1, 'int8')).toBeUndefined();
    expect(refusal(findChip('910b3'), r1)).toBeUndefined();
  });

  test('FP8 on the S60: only AWQ is there', () => {
    expect(refusal(findChip('s60'), r1, 'fp8')).toEqual({
      reason: 'the chip has no FP8',
      nearest: 'DeepSeek-R1 runs there as int4 with vllm-gcu.',
    });
    expect(refusal(findChip('s60'), r1, 'bf16')?.reason).toBe(
      'no engine is published to serve it there as bf16',
    );
    expect(refusal(findChip('s60'), r1, 'int4')).toBeUndefined();
  });

  test('an engine that does not run there', () => {
    expect(refusal(findChip('910b3'), r1, 'int8', 'trtllm')).toEqual({
      reason: 'TensorRT-LLM is not published to serve it there',
      nearest: 'DeepSeek-R1 runs there as int8 with vllm-ascend.',
    });
    expect(refusal(findChip('910b3'), r1, undefined, 'trtllm')?.nearest).toMatch(/vllm-ascend/);
  });

  test('an engine that runs there in another precision', () => {
    expect(refusal(findChip('910b3'), r1, 'int4', 'mindie')).toEqual({
      reason: 'MindIE serves it there as bf16 or int8, not as int4',
      nearest: 'DeepSeek-R1 runs there as bf16 with mindie.',
    });
  });

  test('FP8 on the A100: it has none, INT8 runs', () => {
    expect(refusal(findChip('a100'), r1, 'fp8')).toEqual({
      reason: 'the chip has no FP8',
      nearest: 'DeepSeek-R1 runs there as int8 with sglang.',
    });
  });

  test('V4 with its FP4 experts runs on an H200, as its makers publish it; not on an A800', () => {
    expect(refusal(findChip('h200'), v4Flash, 'mxfp4')).toBeUndefined();
    expect(refusal(findChip('a800'), v4Flash, 'mxfp4')?.reason).toBe('the chip has no FP8');
  });

  test('a chip that nothing is published for, and one with other models', () => {
    expect(refusal(findChip('l600'), r1, 'fp8')).toEqual({
      reason: 'no engine is published to serve it there',
    });
    expect(refusal(findChip('tx81'), r1, 'bf16')?.nearest).toBe('deepseek-v4-flash runs there.');
    expect(refusal(findChip('l20'), r1)?.nearest).toMatch(/^(r1-[^ ]+,? )+and 4 more run there\.$/);
  });
});

describe('engines', () => {
  test.each([
    ['sglang', 'sglang'],
    ['SGLang', 'sglang'],
    ['tensorrt-llm', 'trtllm'],
    ['trt-llm', 'trtllm'],
    ['vLLM-Ascend', 'vllm-ascend'],
    ['llamacpp', 'llama.cpp'],
  ])('%s is %s', (name, id) => {
    expect(findEngine(name).id).toBe(id);
  });

  test('one that is not known gets the nearest names', () => {
    expect(() => findEngine('vlm-ascend')).toThrow(
      expect.objectContaining({
        code: 'plan_engine_unknown',
        message: expect.stringContaining('vllm-ascend'),
      }),
    );
  });

  test('no name means two engines', () => {
    const names = enginesTable.flatMap((engine) => [
      ...new Set([engine.id, engine.name, ...engine.aliases].map(nameKey)),
    ]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the table', () => {
  test('names models and chips that are known, of the family it says; each engine runs somewhere', () => {
    for (const row of engineSupportTable) {
      for (const id of row.chips ?? []) {
        expect(chipsTable.find((chip) => chip.id === id)?.family, id).toBe(row.family);
      }
      expect(row.precisions.length).toBeGreaterThan(0);
      for (const model of row.models ?? []) {
        expect(modelsTable.map(({ id }) => id)).toContain(model);
      }
    }
    expect(new Set(engineSupportTable.map((row) => row.engine))).toEqual(
      new Set(enginesTable.map((engine) => engine.id)),
    );
  });

  test('no precision is listed that the chip lacks, or whose rates are lacked by all that are named', () => {
    for (const row of engineSupportTable.filter((row) => row.family !== 'cpu')) {
      const chips = chipsTable.filter(
        (chip) => chip.family === row.family && (row.chips?.includes(chip.id) ?? true),
      );
      for (const id of row.precisions) {
        const { products } = findPrecision(id);
        const able = chips.filter((chip) =>
          Object.values(products).every((type) => chip.rates[type] !== 'none'),
        );
        expect(able.length, `${row.engine} on ${row.family} as ${id}`).toBeGreaterThan(0);
      }
    }
  });

  test('R1 runs on a chip of every maker that says so, best graded first', () => {
    for (const name of ['h20', 'a800', 'mi300x', '910c', 'k100_ai', 's60', 's5000', 'p800']) {
      const rows = supports(findChip(name), r1);
      expect(rows.length, name).toBeGreaterThan(0);
      const grades = rows.map((row) => row.grade);
      expect(grades).toEqual([...grades].sort());
    }
  });
});
