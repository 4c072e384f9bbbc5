/**
 * Hugging Face's tokenizer.json with its tokenizer_config.json. Byte-level BPE only, with the
 * normalisers and pre-tokenizers the DeepSeek family and its distills use; every field that is
 * used is checked first, so that the library behind gets nothing it would choke on.
 */
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { error, type SampanError } from '../../base/errors.ts';
import { PackedTexts } from '../packed-texts.ts';
import type { AddedToken } from './added-tokens.ts';
import { ByteLevelTokenizer } from './byte-level-tokenizer.ts';
import { endOfReplyTexts, isControlToken } from './control-tokens.ts';
import { patternProblem } from './pattern-check.ts';
import { readJsonMerges } from './read-merges.ts';
import type { Tokenizer } from './tokenizer.ts';
import { Vocabulary } from './vocabulary.ts';
import { limits, show } from './vocabulary-checks.ts';

const file = 'tokenizer.json';

/**
 * Both as parsed JSON; the second may be undefined. `endOfReplyIds`: what generation_config.json
 * adds to the tokens that end a reply; ids outside the vocabulary are left out.
 */
export function tokenizerFromJson(
  tokenizerJson: unknown,
  tokenizerConfig?: unknown,
  endOfReplyIds: readonly number[] = [],
): Tokenizer {
  const json = object(tokenizerJson, 'the whole file');
  const config = tokenizerConfig == null ? {} : object(tokenizerConfig, 'tokenizer_config.json');
  const model = object(json.model, 'model');
  const modelType = model.type ?? 'BPE';
  if (modelType !== 'BPE' || model.byte_fallback === true) {
    const found = modelType === 'BPE' ? 'BPE with byte_fallback' : show(modelType);
    throw unknown('model.type', found, 'BPE over bytes');
  }
  const pre_tokenizer = checkPreTokenizer(json.pre_tokenizer, 'pre_tokenizer');
  if (!endsInBytes(pre_tokenizer)) {
    throw unknown('pre_tokenizer', show(json.pre_tokenizer), 'ByteLevel as the last step');
  }

  const vocabulary = checkVocab(model.vocab);
  const merges = readJsonMerges(array(model.merges, 'model.merges', limits.merges), {
    vocabulary,
    file,
    field: 'model.merges',
  });
  const addedTokens = array(json.added_tokens ?? [], 'added_tokens', limits.addedTokens).map(
    (token, i) => checkAddedToken(token, `added_tokens[${i}]`),
  );
  const idOf = (text: string | undefined) =>
    text === undefined
      ? undefined
      : (addedTokens.find((token) => token.content === text)?.id ?? vocabulary.id(text));

  const bosToken = configToken(config, 'bos_token');
  const bosTokenId = idOf(bosToken);
  const eosTokenId = idOf(configToken(config, 'eos_token'));
  const isAdded = new Set(addedTokens.map(({ id }) => id));
  const byText = addedTokens.filter((token) => endOfReplyTexts.has(token.content));
  return new ByteLevelTokenizer({
    cut: { normalizer: checkNormalizer(json.normalizer, 'normalizer'), pre_tokenizer },
    vocabulary,
    merges,
    ignoreMerges: model.ignore_merges === true,
    addedTokens,
    bosTokenId,
    addBos: bosTokenId !== undefined && addsBos(json, config, bosToken!),
    eosTokenIds: new Set([
      ...(eosTokenId === undefined ? [] : [eosTokenId]),
      ...byText.map((token) => token.id),
      ...endOfReplyIds.filter((id) => vocabulary.has(id) || isAdded.has(id)),
    ]),
  });
}

type Json = Readonly<Record<string, unknown>>;

function checkVocab(value: unknown): Vocabulary {
  const tokens: string[] = [];
  for (const [text, id] of Object.entries(object(value, 'model.vocab'))) {
    const field = `model.vocab[${show(text)}]`;
    if (text.length > limits.tokenChars) throw tooLong(field, text.length, limits.tokenChars);
    const checked = checkId(id, field);
    if (tokens[checked] !== undefined) throw damaged(field, `id ${id} again`, 'each id once');
    tokens[checked] = text;
  }
  const vocabulary = new Vocabulary(PackedTexts.of(Array.from(tokens, (text) => text ?? '')));
  tokens.forEach((_, id) => {
    vocabulary.add(id);
  });
  return vocabulary;
}

function checkAddedToken(value: unknown, field: string): AddedToken {
  const token = object(value, field);
  const content = token.content;
  if (typeof content !== 'string' || content === '') {
    throw damaged(`${field}.content`, show(content), 'a text');
  }
  if (content.length > limits.tokenChars) {
    throw tooLong(`${field}.content`, content.length, limits.tokenChars);
  }
  return {
    id: checkId(token.id, `${field}.id`),
    content,
    special: isControlToken(content, token.special === true),
    normalized: token.normalized === true,
    lstrip: token.lstrip === true,
    rstrip: token.rstrip === true,
    singleWord: token.single_word === true,
  };
}

function checkId(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limits.tokens) {
    return value;
  }
  throw damaged(field, show(value), `an id from 0 to ${limits.tokens - 1}`);
}

function checkNormalizer(value: unknown, field: string, isStep = false): object | null {
  if (value == null) return null;
  const normalizer = object(value, field);
  if (normalizer.type === 'NFC') return { type: 'NFC' };
  if (normalizer.type !== 'Sequence' || isStep) {
    throw unknown(`${field}.type`, show(normalizer.type), 'NFC');
  }
  const steps = array(normalizer.normalizers, `${field}.normalizers`, 8);
  return {
    type: 'Sequence',
    normalizers: steps.map((step, i) => checkNormalizer(step, `${field}.normalizers[${i}]`, true)),
  };
}

/** Enough for the library to translate a pattern and say whether it is one. */
const emptyTokenizer = {
  added_tokens: [],
  normalizer: null,
  post_processor: null,
  decoder: null,
  model: { type: 'BPE', vocab: {}, merges: [] },
};

type PreTokenizer = { type: string; pretokenizers?: PreTokenizer[] };

function checkPreTokenizer(value: unknown, field: string, isStep = false): PreTokenizer {
  const step = object(value, field);
  switch (step.type) {
    case 'Sequence': {
      if (isStep) throw unknown(`${field}.type`, 'Sequence in a Sequence', 'one level of steps');
      const steps = array(step.pretokenizers, `${field}.pretokenizers`, 32);
      return {
        type: 'Sequence',
        pretokenizers: steps.map((x, i) =>
          checkPreTokenizer(x, `${field}.pretokenizers[${i}]`, true),
        ),
      };
    }
    case 'Split':
      return checkSplit(step, field);
    case 'Digits':
      // As a split, because the library's own Digits knows ASCII only.
      return split(step.individual_digits === true ? '\\p{N}' : '\\p{N}+');
    case 'ByteLevel':
      return {
        type: 'ByteLevel',
        add_prefix_space: step.add_prefix_space === true,
        use_regex: step.use_regex !== false,
      } as PreTokenizer;
    default:
      throw unknown(`${field}.type`, show(step.type), 'Sequence, Split, Digits, ByteLevel');
  }
}

function checkSplit(step: Json, field: string): PreTokenizer {
  if (step.behavior !== 'Isolated' || step.invert === true) {
    const found = `${show(step.behavior)}${step.invert === true ? ', inverted' : ''}`;
    throw unknown(`${field}.behavior`, found, 'Isolated, not inverted');
  }
  const { Regex: regex, String: literal } = object(step.pattern, `${field}.pattern`);
  const pattern = regex ?? literal;
  if (typeof pattern !== 'string')
    throw damaged(`${field}.pattern`, show(step.pattern), 'Regex or String');
  if (pattern.length > limits.patternChars) {
    throw tooLong(`${field}.pattern`, pattern.length, limits.patternChars);
  }
  if (regex === undefined) return { ...split(''), pattern: { String: pattern } } as PreTokenizer;
  const problem = patternProblem(pattern);
  if (problem) throw damaged(`${field}.pattern`, problem, 'a pattern that cannot run away');
  const checked = split(pattern);
  try {
    new HfTokenizer({ ...emptyTokenizer, pre_tokenizer: checked }, {});
  } catch (cause) {
    throw damaged(
      `${field}.pattern`,
      cause instanceof Error ? cause.message : show(cause),
      'a valid pattern',
    );
  }
  return checked;
}

function split(regex: string): PreTokenizer {
  return {
    type: 'Split',
    pattern: { Regex: regex },
    behavior: 'Isolated',
    invert: false,
  } as PreTokenizer;
}

function endsInBytes(step: PreTokenizer): boolean {
  if (step.type !== 'Sequence') return step.type === 'ByteLevel';
  const last = step.pretokenizers?.at(-1);
  return last !== undefined && endsInBytes(last);
}

/** A token in tokenizer_config.json is its text, or an object with `content`. */
function configToken(config: Json, name: string): string | undefined {
  const value = config[name];
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return undefined;
  const content = (value as Json).content;
  return typeof content === 'string' ? content : undefined;
}

/** What transformers does: the setting; else Llama's class adds it; else the post-processor says. */
function addsBos(json: Json, config: Json, bosToken: string): boolean {
  if (typeof config.add_bos_token === 'boolean') return config.add_bos_token;
  if (/^LlamaTokenizer/.test(String(config.tokenizer_class))) return true;
  if (json.post_processor == null) return false;
  const processor = object(json.post_processor, 'post_processor');
  const steps = Array.isArray(processor.processors) ? processor.processors : [processor];
  return steps.some((step) => step?.single?.[0]?.SpecialToken?.id === bosToken);
}

function object(value: unknown, field: string): Json {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Json;
  throw damaged(field, show(value), 'an object');
}

function array(value: unknown, field: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw damaged(field, show(value), 'an array');
  if (value.length > max) throw damaged(field, `${value.length} entries`, `at most ${max}`);
  return value;
}

function damaged(field: string, found: string, expected: string): SampanError {
  return error('file_damaged', { file, field, found, expected });
}

function unknown(field: string, found: string, expected: string): SampanError {
  return error('tokenizer_unknown', { file, field, found, expected });
}

function tooLong(field: string, found: number, max: number): SampanError {
  return damaged(field, `${found} characters`, `at most ${max}`);
}
