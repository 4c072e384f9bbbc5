/**
 * tokenizer.json and tokenizer_config.json of a Hugging Face folder → GGUF's tokenizer.* metadata.
 * Byte-level BPE only, cut by one of the pre-tokenizers that GGUF has a name for and we know.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { error } from '../../../base/errors.ts';
import { readHfChatTemplate } from '../../huggingface/hf-chat-template.ts';
import { isJsonObject, type JsonObject, readJsonFile } from '../../json-file.ts';
import { gpt2Split, preTokenizerKinds } from '../../tokenizer/pre-tokenizers-table.ts';
import { array, bool, type GgufValue, text, u32 } from '../gguf-value.ts';

const tokenType = { normal: 1, control: 3, userDefined: 4, unused: 5 };
const maxTokenizerBytes = 64 * 2 ** 20;
const maxConfigBytes = 2 ** 20;
const maxTokens = 2 ** 20;

export function tokenizerMetadata(folder: string, vocabSize: number): Map<string, GgufValue> {
  const file = path.join(folder, 'tokenizer.json');
  const json = readJsonFile(file, maxTokenizerBytes);
  const refuse = (field: string, found: unknown, expected: string) =>
    error('gguf_cannot_say', { file, field, found: String(found), expected });

  const model = isJsonObject(json.model) ? json.model : {};
  if (model.type !== 'BPE' || !isJsonObject(model.vocab) || !Array.isArray(model.merges)) {
    throw refuse('model.type', model.type, 'BPE with vocab and merges');
  }
  const { tokens, types, ids } = tokenList(json, model.vocab, vocabSize, refuse);
  const metadata = new Map<string, GgufValue>([
    ['tokenizer.ggml.model', text('gpt2')],
    ['tokenizer.ggml.pre', text(preTokenizerName(json.pre_tokenizer, ids, refuse))],
    ['tokenizer.ggml.tokens', array('string', tokens)],
    ['tokenizer.ggml.token_type', array('i32', types)],
    ['tokenizer.ggml.merges', array('string', model.merges.map(mergeText))],
  ]);
  addTokenizerConfig(folder, ids, metadata);
  return metadata;
}

type Refuse = (field: string, found: unknown, expected: string) => Error;

/** Ids without a token become unused ones: the embedding may have more rows than there are tokens. */
function tokenList(json: JsonObject, vocab: JsonObject, vocabSize: number, refuse: Refuse) {
  if (vocabSize > maxTokens) throw refuse('vocab_size', vocabSize, `at most ${maxTokens}`);
  const tokens = Array.from({ length: vocabSize }, (_, id) => `[PAD${id}]`);
  const types = new Array<number>(vocabSize).fill(tokenType.unused);
  const ids = new Map<string, number>();
  const put = (content: string, id: unknown, type: number) => {
    if (!(Number.isInteger(id) && (id as number) >= 0 && (id as number) < vocabSize)) {
      throw refuse(`id of ${content}`, id, `a whole number below ${vocabSize}`);
    }
    tokens[id as number] = content;
    types[id as number] = type;
    ids.set(content, id as number);
  };
  for (const [content, id] of Object.entries(vocab)) put(content, id, tokenType.normal);
  const added = Array.isArray(json.added_tokens) ? json.added_tokens : [];
  for (const token of added) {
    if (!isJsonObject(token) || typeof token.content !== 'string') continue;
    const isControl = token.special === true || /^<[|｜].*[|｜]>$/.test(token.content);
    put(token.content, token.id, isControl ? tokenType.control : tokenType.userDefined);
  }
  return { tokens, types, ids };
}

/** Older files write a merge as one string, newer ones as a pair. */
const mergeText = (merge: unknown) => (Array.isArray(merge) ? merge.join(' ') : String(merge));

/** The name under which GGUF knows these splits. */
function preTokenizerName(
  preTokenizer: unknown,
  ids: ReadonlyMap<string, number>,
  refuse: Refuse,
): string {
  const found = splitsOf(preTokenizer).join('\n');
  const names = Object.entries(preTokenizerKinds)
    .filter(([, kind]) => kind.splits.map(unescaped).join('\n') === found)
    .map(([name]) => name);
  // The Qwen distills cut as Qwen does, but begin their prompts as DeepSeek.
  const isDistill = ids.has('<｜begin▁of▁sentence｜>');
  const name = names.find((name) => name.startsWith('deepseek') === isDistill) ?? names[0];
  if (name) return name;
  const expected = `one of ${Object.keys(preTokenizerKinds).join(', ')}`;
  throw refuse('pre_tokenizer', JSON.stringify(preTokenizer), expected);
}

function splitsOf(preTokenizer: unknown): string[] {
  if (!isJsonObject(preTokenizer)) return [];
  switch (preTokenizer.type) {
    case 'Sequence': {
      const parts = preTokenizer.pretokenizers;
      return Array.isArray(parts) ? parts.flatMap(splitsOf) : [];
    }
    case 'Split': {
      const pattern = isJsonObject(preTokenizer.pattern) ? preTokenizer.pattern.Regex : undefined;
      return typeof pattern === 'string' ? [unescaped(pattern)] : ['?'];
    }
    case 'Digits':
      return ['\\p{N}'];
    case 'ByteLevel':
      return preTokenizer.use_regex === false ? [] : [unescaped(gpt2Split)];
    default:
      return ['?'];
  }
}

/** One spelling for a character and its escape. */
function unescaped(pattern: string): string {
  return pattern
    .replace(/\\u\{([0-9a-f]+)\}|\\u([0-9a-f]{4})/gi, (_, long, short) =>
      String.fromCodePoint(Number.parseInt(long ?? short, 16)),
    )
    .replaceAll('\\r', '\r')
    .replaceAll('\\n', '\n');
}

function addTokenizerConfig(
  folder: string,
  ids: ReadonlyMap<string, number>,
  metadata: Map<string, GgufValue>,
): void {
  const file = path.join(folder, 'tokenizer_config.json');
  const config = existsSync(file) ? readJsonFile(file, maxConfigBytes) : {};
  for (const [key, name] of [
    ['bos_token', 'bos'],
    ['eos_token', 'eos'],
    ['pad_token', 'padding'],
  ] as const) {
    const value = config[key];
    const content = isJsonObject(value) ? value.content : value;
    const id = typeof content === 'string' ? ids.get(content) : undefined;
    if (id !== undefined) metadata.set(`tokenizer.ggml.${name}_token_id`, u32(id));
  }
  for (const key of ['add_bos_token', 'add_eos_token'] as const) {
    if (typeof config[key] === 'boolean') metadata.set(`tokenizer.ggml.${key}`, bool(config[key]));
  }
  const template = readHfChatTemplate(folder, config);
  if (template !== undefined) metadata.set('tokenizer.chat_template', text(template));
}
