/**
 * The tokenizer in a GGUF file's metadata (`tokenizer.ggml.*`), rebuilt as the tokenizer.json it
 * came from. Byte-level BPE only (model `gpt2`), with the pre-tokenizers of the DeepSeek family
 * and its distills; anything else is refused by name.
 */
import { error } from '../../base/errors.ts';
import { PackedTexts } from '../packed-texts.ts';
import type { AddedToken } from './added-tokens.ts';
import { ByteLevelTokenizer } from './byte-level-tokenizer.ts';
import { endOfReplyTexts, isControlToken } from './control-tokens.ts';
import { type PreTokenizerKind, preTokenizerKinds } from './pre-tokenizers-table.ts';
import { readPackedMerges } from './read-merges.ts';
import type { Tokenizer } from './tokenizer.ts';
import { Vocabulary } from './vocabulary.ts';
import { limits } from './vocabulary-checks.ts';

/** GGUF's token types. UNUSED fills gaps between ids and is no token. */
const tokenType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5 };

/**
 * `metadata`: keys as in the file; texts as arrays or packed, numbers as arrays or typed arrays,
 * integers as number or bigint.
 */
export function tokenizerFromGguf(
  metadata: ReadonlyMap<string, unknown>,
  file = 'GGUF metadata',
): Tokenizer {
  const read = new MetadataReader(metadata, file);
  const model = read.text('tokenizer.ggml.model');
  if (model !== 'gpt2') {
    throw error('tokenizer_unknown', {
      file,
      field: 'tokenizer.ggml.model',
      found: model,
      expected: 'gpt2 (byte-level BPE)',
    });
  }
  const kind = preTokenizerKind(read.optionalText('tokenizer.ggml.pre') ?? 'default', file);
  const tokens = read.texts('tokenizer.ggml.tokens', limits.tokens);
  const merges = read.texts('tokenizer.ggml.merges', limits.merges);
  const types = read.optionalNumbers('tokenizer.ggml.token_type', tokens.length);

  const vocabulary = new Vocabulary(tokens);
  const addedTokens: AddedToken[] = [];
  for (let id = 0; id < tokens.length; id++) {
    const type = types ? Number(types[id]) : tokenType.normal;
    if (type === tokenType.unused) continue;
    if (!vocabulary.add(id)) {
      const again = `"${tokens.text(id)}" again`;
      throw read.damaged(`tokenizer.ggml.tokens[${id}]`, again, 'each token once');
    }
    if (type !== tokenType.normal) addedTokens.push(addedToken(id, tokens.text(id), type));
  }

  const tokenizerId = (name: string) =>
    read.optionalTokenId(`tokenizer.ggml.${name}`, tokens.length);
  const bosTokenId = tokenizerId('bos_token_id');
  const named = ['eos', 'eot', 'eom'].map((name) => tokenizerId(`${name}_token_id`));
  const byText = addedTokens.filter((token) => endOfReplyTexts.has(token.content));
  return new ByteLevelTokenizer({
    cut: cutOf(kind),
    vocabulary,
    merges: readPackedMerges(merges, { vocabulary, file, field: 'tokenizer.ggml.merges' }),
    ignoreMerges: kind.ignoreMerges,
    addedTokens,
    bosTokenId,
    addBos:
      bosTokenId !== undefined &&
      (read.optionalBoolean('tokenizer.ggml.add_bos_token') ?? kind.addBos),
    eosTokenIds: new Set([...named.filter((id) => id !== undefined), ...byText.map((t) => t.id)]),
  });
}

function preTokenizerKind(name: string, file: string): PreTokenizerKind {
  if (Object.hasOwn(preTokenizerKinds, name)) return preTokenizerKinds[name];
  throw error('tokenizer_unknown', {
    file,
    field: 'tokenizer.ggml.pre',
    found: name,
    expected: Object.keys(preTokenizerKinds).join(', '),
  });
}

function addedToken(id: number, content: string, type: number): AddedToken {
  return {
    id,
    content,
    special: isControlToken(content, type !== tokenType.userDefined),
    normalized: false,
    lstrip: false,
    rstrip: false,
    singleWord: false,
  };
}

function cutOf(kind: PreTokenizerKind) {
  const splits = kind.splits.map((regex) => ({
    type: 'Split',
    pattern: { Regex: regex },
    behavior: 'Isolated',
    invert: false,
  }));
  const toBytes = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
  return {
    normalizer: kind.normalizer && { type: kind.normalizer },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...splits, toBytes] },
  };
}

/** Values of the kinds wanted, or the error that names the field. */
class MetadataReader {
  readonly #metadata: ReadonlyMap<string, unknown>;
  readonly #file: string;

  constructor(metadata: ReadonlyMap<string, unknown>, file: string) {
    this.#metadata = metadata;
    this.#file = file;
  }

  text(key: string): string {
    const value = this.optionalText(key);
    if (value === undefined) throw this.damaged(key, 'nothing', 'a string');
    return value;
  }

  optionalText(key: string): string | undefined {
    const value = this.#metadata.get(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.damaged(key, typeof value, 'a string');
  }

  optionalBoolean(key: string): boolean | undefined {
    const value = this.#metadata.get(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.damaged(key, typeof value, 'a boolean');
  }

  /** An id past the vocabulary counts as absent: some converters write 0xffffffff for "none". */
  optionalTokenId(key: string, numTokens: number): number | undefined {
    const value = this.#metadata.get(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw this.damaged(key, typeof value, 'a token id');
    }
    const id = Number(value);
    return Number.isInteger(id) && id >= 0 && id < numTokens ? id : undefined;
  }

  texts(key: string, max: number): PackedTexts {
    const value = this.#metadata.get(key);
    if (!Array.isArray(value) && !(value instanceof PackedTexts)) {
      throw this.damaged(key, typeof value, 'an array of strings');
    }
    if (value.length > max) throw this.damaged(key, `${value.length} entries`, `at most ${max}`);
    const texts = value instanceof PackedTexts ? value : PackedTexts.of(this.#strings(key, value));
    const { starts, ends } = texts;
    for (let i = 0; i < texts.length; i++) {
      if (ends[i] - starts[i] <= limits.tokenChars) continue; // no fewer bytes than characters
      const { length } = texts.text(i);
      if (length <= limits.tokenChars) continue;
      const expected = `at most ${limits.tokenChars} characters`;
      throw this.damaged(`${key}[${i}]`, `${length} characters`, expected);
    }
    return texts;
  }

  #strings(key: string, values: readonly unknown[]): readonly string[] {
    const wrong = values.findIndex((value) => typeof value !== 'string');
    if (wrong < 0) return values as readonly string[];
    throw this.damaged(`${key}[${wrong}]`, typeof values[wrong], 'a string');
  }

  optionalNumbers(key: string, length: number): ArrayLike<unknown> | undefined {
    const value = this.#metadata.get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && 'length' in value)) {
      throw this.damaged(key, typeof value, 'an array of numbers');
    }
    const numbers = value as ArrayLike<unknown>;
    if (numbers.length !== length) {
      throw this.damaged(key, `${numbers.length} entries`, `${length}, one per token`);
    }
    return numbers;
  }

  damaged(field: string, found: string, expected: string) {
    return error('file_damaged', { file: this.#file, field, found, expected });
  }
}
