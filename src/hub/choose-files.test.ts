/** File names as the known repositories have them. */
import { expect, test } from 'vitest';
import { chooseFiles, fileSets, quantisationOf } from './choose-files.ts';

const named = (...paths: string[]) => paths.map((path) => ({ path, sizeBytes: 1 }));
const choose = (wanted: string | undefined, ...paths: string[]) =>
  chooseFiles('o/r', named(...paths), wanted);

test.each([
  ['DeepSeek-R1-Distill-Qwen-1.5B-Q4_K_M.gguf', 'Q4_K_M'],
  ['DeepSeek-R1-0528-Qwen3-8B-UD-Q4_K_XL.gguf', 'UD-Q4_K_XL'],
  ['DeepSeek-V2-Lite-Chat.Q4_K_S.gguf', 'Q4_K_S'],
  ['DeepSeek-V2-Lite-Chat.i1-IQ3_XXS.gguf', 'IQ3_XXS'],
  ['DeepSeek-R1-Q4_K_M/DeepSeek-R1-Q4_K_M-00001-of-00009.gguf', 'Q4_K_M'],
  ['DeepSeek-R1-UD-IQ1_S/DeepSeek-R1-UD-IQ1_S-00003-of-00003.gguf', 'UD-IQ1_S'],
  ['BF16/DeepSeek-R1-Distill-Qwen-1.5B-BF16.gguf', 'BF16'],
  ['model-f16.gguf', 'F16'],
  ['q8_0.gguf', 'Q8_0'],
  ['DeepSeek-V3.1-TQ1_0.gguf', 'TQ1_0'],
  ['x-MXFP4_MOE.gguf', 'MXFP4_MOE'],
  ['Q2_K_L/DeepSeek-V3-Q2_K_L-00001-of-00005.gguf', 'Q2_K_L'],
  ['Q6_K/model.gguf', 'Q6_K'],
  ['nameless.gguf', 'nameless'],
])('%s is %s', (file, label) => {
  expect(quantisationOf(file)).toBe(label);
});

test('Q4_K_M is the default, then the nearest in the stated order', () => {
  const all = ['m-Q8_0.gguf', 'm-Q2_K.gguf', 'm-Q5_K_M.gguf', 'm-Q4_0.gguf', 'm-Q4_K_M.gguf'];
  for (const expected of ['Q4_K_M', 'Q4_0', 'Q5_K_M', 'Q8_0', 'Q2_K']) {
    expect(choose(undefined, ...all).quantisation).toBe(expected);
    all.splice(all.indexOf(`m-${expected}.gguf`), 1);
  }
});

test('a label is taken in any case, with or without UD-, or a file by its path', () => {
  const all = ['m-UD-Q4_K_XL.gguf', 'm-Q8_0.gguf', 'dir/n-Q8_0.gguf'];
  expect(choose('q8_0', ...all).entry).toBe('m-Q8_0.gguf');
  expect(choose('q4_k_xl', ...all).entry).toBe('m-UD-Q4_K_XL.gguf');
  expect(choose('dir/n-Q8_0.gguf', ...all).entry).toBe('dir/n-Q8_0.gguf');
});

test('a split file is chosen with all its parts, or is not there', () => {
  const parts = [3, 1, 2].map((n) => `Q4/m-Q4_K_M-0000${n}-of-00003.gguf`);
  const set = choose(undefined, ...parts);
  expect(set.entry).toBe('Q4/m-Q4_K_M-00001-of-00003.gguf');
  expect(set.files.map((file) => file.path)).toEqual(parts.toSorted());
  expect(fileSets(named(...parts.slice(1)))).toEqual([]);
  expect(fileSets(named(parts[0]!, parts[0]!, parts[1]!))).toEqual([]);
  // Two splits of one name are two models, not five parts of one.
  const other = [1, 2].map((n) => `Q4/m-Q4_K_M-0000${n}-of-00002.gguf`);
  expect(
    fileSets(named(...parts, ...other))
      .map((one) => one.files.length)
      .sort(),
  ).toEqual([2, 3]);
});

test('what lies beside the weights is not chosen', () => {
  expect(choose(undefined, 'mmproj-F16.gguf', 'imatrix.gguf', 'm-F32.gguf').entry).toBe(
    'm-F32.gguf',
  );
});

test('a safetensors repository is its weights, configuration and tokenizer', () => {
  const files = [
    ...[
      'README.md',
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'inference/model.py',
    ],
    ...['model-00001-of-000002.safetensors', 'model-00002-of-000002.safetensors'],
    ...['model.safetensors.index.json', 'original/consolidated.safetensors'],
  ];
  const set = choose(undefined, ...files);
  expect(set).toMatchObject({ format: 'safetensors', entry: '' });
  expect(set.files.map((file) => file.path).sort()).toEqual(
    [
      ...['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors.index.json'],
      ...['model-00001-of-000002.safetensors', 'model-00002-of-000002.safetensors'],
    ].sort(),
  );
  for (const missing of ['config.json', 'tokenizer.json', 'model-00002-of-000002.safetensors']) {
    expect(fileSets(named(...files.filter((file) => file !== missing)))).toEqual([]);
  }
});

test('what is missing is said with what is there', () => {
  expect(() => choose('Q3_K_M', 'm-Q4_K_M.gguf', 'm-Q8_0.gguf')).toThrow(
    'o/r has no Q3_K_M; it has Q4_K_M, Q8_0.',
  );
  expect(() => choose(undefined, 'README.md', 'model.bin')).toThrow(
    expect.objectContaining({ code: 'weights_missing' }),
  );
});

test('50,000 parts are sorted out at once', () => {
  const paths = Array.from(
    { length: 50_000 },
    (_, i) => `m-${`${i + 1}`.padStart(5, '0')}-of-50000.gguf`,
  );
  expect(choose(undefined, ...paths).files).toHaveLength(50_000);
}, 2_000);
