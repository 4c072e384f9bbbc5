/**
 * How a text is cut into words before merging, by the name GGUF gives it (`tokenizer.ggml.pre`).
 * The patterns are those of the models' own tokenizer.json: each split keeps matches and the text
 * between them as pieces, and the next split works inside the pieces.
 * Characters outside ASCII are written as escapes: several of them look alike, and editors that
 * normalise would change the ranges.
 */
export interface PreTokenizerKind {
  readonly normalizer: 'NFC' | null;
  readonly splits: readonly string[];
  /** A word that is an entry of the vocabulary is that token, whatever its merges say. */
  readonly ignoreMerges: boolean;
  /** Where the file does not say whether a raw prompt begins with BOS. */
  readonly addBos: boolean;
}

/** GPT-2's own cut, which the last branch of later patterns refines. */
export const gpt2Split =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const afterNumbers = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const qwen2Split = `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${afterNumbers}`;
const llama3Split = `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|${afterNumbers}`;

const newlines = '[\\r\\n]';
const oneDigit = '\\p{N}';
const cjkAndHangul = '[\\u4e00-\\u9fa5\\u0800-\\u4e00\\uac00-\\ud7ff]+';
const cjkAndKana = '[\\u4e00-\\u9fa5\\u3040-\\u309f\\u30a0-\\u30ff]+';

/** Letters with two cases, as Unicode 11 had them. */
const casedLetters =
  'A-Za-z\\u00b5\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u01ba\\u01bc-\\u01bf\\u01c4-\\u0293' +
  '\\u0295-\\u02af\\u0370-\\u0373\\u0376\\u0377\\u037b-\\u037d\\u037f\\u0386\\u0388-\\u038a\\u038c' +
  '\\u038e-\\u03a1\\u03a3-\\u03f5\\u03f7-\\u0481\\u048a-\\u052f\\u0531-\\u0556\\u10a0-\\u10c5' +
  '\\u13a0-\\u13f5\\u13f8-\\u13fd\\u1c90-\\u1cba\\u1cbd-\\u1cbf\\u1d00-\\u1d2b\\u1d6b-\\u1d77' +
  '\\u1d79-\\u1d9a\\u1e00-\\u1f15\\u1f18-\\u1f1d\\u1f20-\\u1f45\\u1f48-\\u1f4d\\u1f50-\\u1f57\\u1f59' +
  '\\u1f5b\\u1f5d\\u1f5f-\\u1f7d\\u1f80-\\u1fb4\\u1fb6-\\u1fbc\\u1fbe\\u1fc2-\\u1fc4\\u1fc6-\\u1fcc' +
  '\\u1fd0-\\u1fd3\\u1fd6-\\u1fdb\\u1fe0-\\u1fec\\u1ff2-\\u1ff4\\u1ff6-\\u1ffc\\u2102\\u2107' +
  '\\u210a-\\u2113\\u2115\\u2119-\\u211d\\u2124\\u2126\\u2128\\u212a-\\u212d\\u212f-\\u2134\\u2139' +
  '\\u213c-\\u213f\\u2145-\\u2149\\u214e\\u2183\\u2184\\u2c00-\\u2c7b\\u2c7e-\\u2ce4\\u2ceb-\\u2cee' +
  '\\u2cf2\\u2cf3\\ua640-\\ua66d\\ua680-\\ua69b\\ua722-\\ua76f\\ua771-\\ua787\\ua78b-\\ua78e' +
  '\\uab70-\\uabbf\\ufb00-\\ufb06\\ufb13-\\ufb17\\uff21-\\uff3a\\uff41-\\uff5a' +
  '\\u{10400}-\\u{1044f}\\u{104b0}-\\u{104d3}\\u{104d8}-\\u{104fb}\\u{10c80}-\\u{10cb2}' +
  '\\u{10cc0}-\\u{10cf2}\\u{118a0}-\\u{118df}\\u{1e900}-\\u{1e943}';
const asciiAndWidePunctuation =
  '!-/:-~\\uff01-\\uff0f\\uff1a-\\uff5e\\u2018-\\u201f\\u3000-\\u3002';

function kind(splits: readonly string[], rest: Partial<PreTokenizerKind> = {}): PreTokenizerKind {
  return { normalizer: null, splits, ignoreMerges: false, addBos: false, ...rest };
}

const qwen2 = kind([qwen2Split], { normalizer: 'NFC' });
const llama3 = kind([llama3Split], { ignoreMerges: true, addBos: true });

export const preTokenizerKinds: Readonly<Record<string, PreTokenizerKind>> = {
  'deepseek-llm': kind([
    newlines,
    `\\s?[${casedLetters}]+`,
    `\\s?[${asciiAndWidePunctuation}]+`,
    '\\s+$',
    cjkAndHangul,
    oneDigit,
  ]),
  'deepseek-coder': kind([newlines, '\\s?\\p{L}+', '\\s?\\p{P}+', cjkAndHangul, oneDigit]),
  'deepseek-v3': kind([
    '\\p{N}{1,3}',
    cjkAndKana,
    '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+' +
      '| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
  ]),
  'deepseek-r1-qwen': qwen2,
  qwen2,
  'llama-bpe': llama3,
  llama3,
  'llama-v3': llama3,
  'gpt-2': kind([gpt2Split]),
  // What llama.cpp does for files that name nothing.
  default: kind(['[\\p{P}\\$\\+<=>\\^~\\|]+', gpt2Split, '\\p{N}+', '[0-9][0-9][0-9]']),
};
