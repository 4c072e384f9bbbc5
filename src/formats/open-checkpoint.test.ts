import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { array, bool, f32, type GgufValue, i32, text, u32 } from './gguf/gguf-value.ts';
import { writeGguf } from './gguf/writer.ts';
import { openCheckpoint } from './open-checkpoint.ts';

const golden = path.resolve(import.meta.dirname, '../../test/golden');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const inFolder = (name: string) => path.join(folder, name);
const writeJson = (name: string, value: unknown) =>
  writeFileSync(inFolder(name), JSON.stringify(value));
const copyGolden = (name: string) => cpSync(path.join(golden, name), folder, { recursive: true });
const editJson = (name: string, change: object) =>
  writeJson(name, { ...JSON.parse(readFileSync(inFolder(name), 'utf8')), ...change });
const isMapped = () => readFileSync('/proc/self/maps', 'utf8').includes(folder);

async function failure(file = folder) {
  try {
    (await openCheckpoint(file)).close();
  } catch (thrown) {
    expect(isMapped()).toBe(false);
    return thrown as Error & { code: string };
  }
  throw new Error('it was opened');
}

/** A llama of one layer's name: enough for a header, not for a reply. */
const metadata = new Map<string, GgufValue>([
  ['general.architecture', text('llama')],
  ['general.name', text('Little')],
  ['general.file_type', u32(7)],
  ['general.sampling.temp', f32(0.5)],
  ['general.sampling.top_k', i32(20)],
  ['llama.block_count', u32(1)],
  ['llama.context_length', u32(64)],
  ['llama.embedding_length', u32(64)],
  ['llama.feed_forward_length', u32(96)],
  ['llama.attention.head_count', u32(2)],
  ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
  ['tokenizer.ggml.model', text('gpt2')],
  ['tokenizer.ggml.pre', text('llama-bpe')],
  ['tokenizer.ggml.tokens', array('string', ['a', 'b', 'ab', '<|end_of_text|>'])],
  ['tokenizer.ggml.token_type', array('i32', [1, 1, 1, 3])],
  ['tokenizer.ggml.merges', array('string', ['a b'])],
  ['tokenizer.ggml.eos_token_id', u32(3)],
  ['tokenizer.ggml.add_bos_token', bool(false)],
  ['tokenizer.chat_template', text('{{ messages }}')],
]);
const tensors = [
  {
    name: 'token_embd.weight',
    dtype: 'q8_0',
    dims: [4, 64],
    bytes: () => new Uint8Array(4 * 2 * 34).fill(1),
  },
  { name: 'output_norm.weight', dtype: 'f32', dims: [64], bytes: () => new Uint8Array(256) },
] as const;
const writeModel = (name: string, changes: readonly [string, GgufValue][] = []) =>
  writeGguf(inFolder(name), { metadata: new Map([...metadata, ...changes]), tensors });

describe('a Hugging Face folder', () => {
  test('opens with config, weights, tokenizer, template, sampling and totals', async () => {
    copyGolden('deepseek-v3');
    writeJson('generation_config.json', {
      do_sample: true,
      temperature: 0.6,
      top_p: 0.95,
      eos_token_id: [257, 5],
    });
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint).toMatchObject({
      format: 'safetensors',
      file: folder,
      sampling: { temperature: 0.6, topP: 0.95 },
      quantisation: 'BF16',
      config: { architecture: 'deepseek2', name: path.basename(folder), numNextnPredictLayers: 1 },
    });
    expect(checkpoint.chatTemplate).toContain('<｜Assistant｜>');
    const { tensors, config } = checkpoint;
    const { dims, bytes } = tensors.get('model.embed_tokens.weight');
    expect(dims).toEqual([config.vocabSize, config.hiddenSize]);
    expect(bytes.length).toBe(config.vocabSize * config.hiddenSize * 2);
    const elements = [...tensors.names()].map((name) =>
      tensors.get(name).dims.reduce((a, b) => a * b, 1),
    );
    expect(checkpoint.parameterCount).toBe(elements.reduce((a, b) => a + b, 0));
    expect(checkpoint.sizeBytes).toBe(readFileSync(inFolder('model.safetensors')).length);

    const tokenizer = checkpoint.tokenizer();
    expect(checkpoint.tokenizer()).toBe(tokenizer);
    expect([...tokenizer.eosTokenIds].sort()).toEqual([257, 5].sort());
    checkpoint.close();
    checkpoint.close();
    expect(isMapped()).toBe(false);
  });

  test('without generation_config.json, config.json says which tokens end a reply', async () => {
    copyGolden('qwen2');
    editJson('config.json', { eos_token_id: 7 });
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint.tokenizer().eosTokenIds.has(7)).toBe(true);
    expect(checkpoint.sampling).toEqual({});
    checkpoint.close();
  });

  test('FP8 weights are labelled so', async () => {
    const checkpoint = await openCheckpoint(path.join(golden, 'deepseek-v3-fp8'));
    expect(checkpoint.quantisation).toBe('FP8');
    const weight = checkpoint.tensors.get('model.layers.0.self_attn.q_a_proj.weight');
    expect(weight.dtype).toBe('f8_e4m3');
    expect(weight.tileScales).toBeInstanceOf(Float32Array);
    checkpoint.close();
  });

  test('a multi-token-prediction module that config.json states and no file holds is not counted', async () => {
    copyGolden('deepseek-v3');
    editJson('config.json', { num_nextn_predict_layers: 3 });
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint.config.numNextnPredictLayers).toBe(1);
    checkpoint.close();
  });

  test('in the Hugging Face cache it is called owner/name', async () => {
    const snapshot = inFolder('models--deepseek-ai--DeepSeek-X/snapshots/0123abcd');
    mkdirSync(snapshot, { recursive: true });
    for (const file of ['config.json', 'model.safetensors', 'tokenizer.json']) {
      symlinkSync(path.join(golden, 'qwen2', file), path.join(snapshot, file));
    }
    const checkpoint = await openCheckpoint(snapshot);
    expect(checkpoint.config.name).toBe('deepseek-ai/DeepSeek-X');
    expect(checkpoint.chatTemplate).toBeUndefined();
    checkpoint.close();
  });

  test('the template is chat_template.jinja, a string, or the default of a list', async () => {
    copyGolden('qwen2');
    const template = async () => {
      const checkpoint = await openCheckpoint(folder);
      checkpoint.close();
      return checkpoint.chatTemplate;
    };
    const inConfig = (chat_template: unknown) =>
      editJson('tokenizer_config.json', { chat_template });
    inConfig('one');
    expect(await template()).toBe('one');
    inConfig([
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: 'two' },
    ]);
    expect(await template()).toBe('two');
    inConfig([{ name: 'rag', template: 'only' }]);
    expect(await template()).toBe('only');
    for (const wrong of [7, [], [{ name: 'default' }], [{ name: 'a' }, { name: 'b' }], {}]) {
      inConfig(wrong);
      expect((await failure()).message).toContain('tokenizer_config.json: chat_template: found');
    }
    writeFileSync(inFolder('chat_template.jinja'), 'three');
    expect(await template()).toBe('three');
  });

  test.each([
    ['generation_config.json', { temperature: -1 }, 'temperature: found -1'],
    ['generation_config.json', { top_p: 1.5 }, 'top_p: found 1.5'],
    ['generation_config.json', { top_k: 0.5 }, 'top_k: found 0.5'],
    ['generation_config.json', { eos_token_id: ['x'] }, 'eos_token_id: found ["x"]'],
    ['config.json', { model_type: 'gpt2' }, 'architecture gpt2 is not known'],
    ['config.json', { hidden_size: -1 }, 'hidden_size: found -1'],
  ])('with a wrong value in %s names the field', async (file, change, message) => {
    copyGolden('qwen2');
    writeJson('generation_config.json', {});
    editJson(file, change);
    const thrown = await failure();
    expect(thrown.message).toContain(file);
    expect(thrown.message).toContain(message);
  });

  test('whose tokenizer.json is missing opens, and says so when text is first needed', async () => {
    copyGolden('qwen2');
    rmSync(inFolder('tokenizer.json'));
    const checkpoint = await openCheckpoint(folder);
    expect(() => checkpoint.tokenizer()).toThrow(/No file at .*tokenizer\.json/);
    checkpoint.close();
  });
});

describe('a GGUF file', () => {
  test('opens with config, weights, tokenizer, template, sampling and totals', async () => {
    await writeModel('little.gguf');
    const checkpoint = await openCheckpoint(inFolder('little.gguf'));
    expect(checkpoint).toMatchObject({
      format: 'gguf',
      config: { architecture: 'llama', name: 'Little', vocabSize: 4, headDim: 32 },
      chatTemplate: '{{ messages }}',
      sampling: { temperature: 0.5, topK: 20 },
      parameterCount: 5 * 64,
      quantisation: 'Q8_0',
    });
    expect(checkpoint.sizeBytes).toBe(readFileSync(inFolder('little.gguf')).length);
    const tokenizer = checkpoint.tokenizer();
    expect(checkpoint.tokenizer()).toBe(tokenizer);
    expect(tokenizer.encode('ab', { special: false })).toEqual([2]);
    expect([...tokenizer.eosTokenIds]).toEqual([3]);
    checkpoint.close();
    checkpoint.close();
    expect(isMapped()).toBe(false);
  });

  test('is what its first bytes say, whatever its name', async () => {
    await writeModel('little.bin');
    const checkpoint = await openCheckpoint(inFolder('little.bin'));
    expect(checkpoint.format).toBe('gguf');
    checkpoint.close();
  });

  test('of a recipe without a name is labelled by what most weights are in', async () => {
    await writeModel('little.gguf', [['general.file_type', u32(999)]]);
    const checkpoint = await openCheckpoint(inFolder('little.gguf'));
    expect(checkpoint.quantisation).toBe('Q8_0');
    checkpoint.close();
  });

  test('alone in a folder is what the folder means', async () => {
    await writeModel('little.gguf');
    writeJson('config.json', { model_type: 'llama' });
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint.file).toBe(inFolder('little.gguf'));
    checkpoint.close();
  });

  test('split in two opens from either part and from the folder', async () => {
    const part = (no: number): [string, GgufValue][] => [
      ['split.no', { type: 'u16', value: no }],
      ['split.count', { type: 'u16', value: 2 }],
      ['split.tensors.count', i32(2)],
    ];
    const names = ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'];
    for (const [no, name] of names.entries()) {
      const content = { metadata: new Map([...metadata, ...part(no)]), tensors: [tensors[no]!] };
      await writeGguf(inFolder(name), content);
    }
    for (const start of [folder, ...names.map(inFolder)]) {
      const checkpoint = await openCheckpoint(start);
      expect([...checkpoint.tensors.names()].length).toBe(2);
      checkpoint.close();
    }
    rmSync(inFolder('m-00001-of-00002.gguf'));
    const thrown = await failure();
    expect(thrown.code).toBe('file_not_found');
    expect(thrown.message).toContain('m-00001-of-00002.gguf');
  });

  test('of an unknown architecture is refused and let go', async () => {
    await writeModel('little.gguf', [['general.architecture', text('gemma')]]);
    expect((await failure(inFolder('little.gguf'))).code).toBe('architecture_unknown');
  });
});

describe('refuses', () => {
  test('a path that leads nowhere', async () => {
    expect((await failure(inFolder('none'))).code).toBe('file_not_found');
  });

  test('a file of another kind, saying how it begins', async () => {
    writeFileSync(inFolder('model.gguf'), '<!DOCTYPE html><html>');
    const thrown = await failure(inFolder('model.gguf'));
    expect(thrown.code).toBe('format_unknown');
    expect(thrown.message).toContain('begins with "<!DOCTYPE html><"');
  });

  test('a safetensors file, asking for its folder', async () => {
    const thrown = await failure(path.join(golden, 'qwen2/model.safetensors'));
    expect(thrown.code).toBe('format_unknown');
    expect(thrown.message).toContain('expected the folder it is in');
  });

  test('an empty folder, and weights without config.json', async () => {
    expect((await failure()).message).toContain('found no model');
    cpSync(path.join(golden, 'qwen2/model.safetensors'), inFolder('model.safetensors'));
    expect((await failure()).message).toContain('*.safetensors without config.json');
  });

  test('a folder with several models, naming them', async () => {
    await writeModel('a-Q8_0.gguf');
    await writeModel('b-Q8_0.gguf');
    const thrown = await failure();
    expect(thrown.code).toBe('format_unknown');
    expect(thrown.message).toContain('a-Q8_0.gguf, b-Q8_0.gguf');
  });
});
