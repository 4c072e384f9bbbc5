/**
 * What a request may say about sampling, checked once: options of the public API become
 * `SamplingParams` with every value present. Refuses what is out of range by name, found and
 * expected; never clamps silently.
 */
import { error } from '../base/errors.ts';

/** All optional; what is left out comes from the model's defaults (sampling-defaults.ts). */
export interface SamplingOptions {
  /** 0 = greedy: always the likeliest token. */
  temperature?: number;
  /** Only the k likeliest tokens; 0 = all. */
  topK?: number;
  /** Only the likeliest tokens that together hold this probability; 1 = all. */
  topP?: number;
  /** Only tokens at least this fraction as likely as the likeliest; 0 = all. */
  minP?: number;
  /** > 1 makes tokens of the prompt and the reply less likely (arXiv:1909.05858); 1 = off. */
  repetitionPenalty?: number;
  /** Taken off the logit of every token the reply already has (OpenAI's); 0 = off. */
  presencePenalty?: number;
  /** Taken off once per occurrence in the reply (OpenAI's); 0 = off. */
  frequencyPenalty?: number;
  /** The same seed, prompt and settings give the same reply, whatever else runs beside it. */
  seed?: number;
  /** Token id → value added to its logit, -100…100. */
  logitBias?: Readonly<Record<number, number>>;
  /** For each token its log probability and those of the n likeliest, before any of the above. */
  logprobs?: number;
  /** The reply ends before any of these; none of their characters is given out. */
  stop?: string | readonly string[];
  /** Token ids that end the reply, besides the model's own. */
  stopTokens?: readonly number[];
  /** The model's own ends of a reply are tokens like any other (vLLM's): for measurements. */
  ignoreEos?: boolean;
  /** Longest reply, thinking included. Left out: until the context is full. */
  maxTokens?: number;
}

export interface SamplingParams {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repetitionPenalty: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  readonly seed: number;
  /** Pairs (token id, value). */
  readonly logitBias: readonly (readonly [number, number])[];
  readonly logprobs: number | undefined;
  readonly stop: readonly string[];
  readonly stopTokens: ReadonlySet<number>;
  readonly maxTokens: number;
}

export type SamplingDefaults = Readonly<
  Pick<Required<SamplingOptions>, 'temperature' | 'topK' | 'topP' | 'minP'>
>;

/** Limits as in the APIs we speak: OpenAI's for logprobs and logit_bias, DeepSeek's for stop. */
const maxLogprobs = 20;
const maxStopStrings = 16;
const maxStopChars = 1000;
const maxBiases = 1024;

export function samplingParams(
  options: SamplingOptions,
  defaults: SamplingDefaults,
  /** Ids at or above this do not exist. */
  vocabSize: number,
  /** The model's own ends of a reply. */
  eosTokenIds: Iterable<number>,
): SamplingParams {
  const o = options;
  const token = (name: string, id: number) => integer(name, id, 0, vocabSize - 1);
  return {
    temperature: number('temperature', o.temperature ?? defaults.temperature, 0, 100),
    topK: integer('topK', o.topK ?? defaults.topK, 0, Number.MAX_SAFE_INTEGER),
    topP: aboveZero('topP', o.topP ?? defaults.topP, 1),
    minP: number('minP', o.minP ?? defaults.minP, 0, 1),
    repetitionPenalty: aboveZero('repetitionPenalty', o.repetitionPenalty ?? 1, 10),
    presencePenalty: number('presencePenalty', o.presencePenalty ?? 0, -2, 2),
    frequencyPenalty: number('frequencyPenalty', o.frequencyPenalty ?? 0, -2, 2),
    seed: integer('seed', o.seed ?? randomSeed(), 0, Number.MAX_SAFE_INTEGER),
    logitBias: logitBias(o.logitBias, token),
    logprobs:
      o.logprobs === undefined ? undefined : integer('logprobs', o.logprobs, 0, maxLogprobs),
    stop: stopStrings(o.stop),
    stopTokens: new Set([
      ...(flag('ignoreEos', o.ignoreEos) ? [] : eosTokenIds),
      ...stopTokens(o.stopTokens, token),
    ]),
    maxTokens:
      o.maxTokens === undefined
        ? Number.POSITIVE_INFINITY
        : integer('maxTokens', o.maxTokens, 1, Number.MAX_SAFE_INTEGER),
  };
}

type TokenCheck = (name: string, id: number) => number;

function logitBias(
  biases: SamplingOptions['logitBias'],
  token: TokenCheck,
): readonly (readonly [number, number])[] {
  if (biases === undefined) return [];
  if (typeof biases !== 'object' || biases === null) {
    throw refuse('logitBias', biases, 'an object of token id: bias');
  }
  const entries = Object.entries(biases);
  if (entries.length > maxBiases) {
    throw refuse('logitBias', `${entries.length} tokens`, `at most ${maxBiases}`);
  }
  return entries.map(([id, bias]) => [
    token('logitBias', Number(id)),
    number(`logitBias[${id}]`, bias, -100, 100),
  ]);
}

function stopStrings(stop: SamplingOptions['stop']): readonly string[] {
  const list: readonly unknown[] = typeof stop === 'string' ? [stop] : (stop ?? []);
  if (!Array.isArray(list) || list.length > maxStopStrings) {
    throw refuse('stop', describe(stop), `a string or at most ${maxStopStrings} strings`);
  }
  return list.map((text) => {
    if (typeof text === 'string' && text !== '' && text.length <= maxStopChars) return text;
    throw refuse('stop', text, `strings of 1 to ${maxStopChars} characters`);
  });
}

function stopTokens(ids: SamplingOptions['stopTokens'], token: TokenCheck): readonly number[] {
  if (ids === undefined) return [];
  if (!Array.isArray(ids)) throw refuse('stopTokens', ids, 'a list of token ids');
  return ids.map((id) => token('stopTokens', id));
}

/** true or false; also used for options beside sampling. */
export function flag(name: string, found = false): boolean {
  if (typeof found === 'boolean') return found;
  throw refuse(name, found, 'true or false');
}

/** A number in [low, high]. NaN fails every comparison, so it is refused too. */
function number(name: string, found: number, low: number, high: number): number {
  if (typeof found === 'number' && found >= low && found <= high) return found;
  throw refuse(name, found, `a number from ${low} to ${high}`);
}

function aboveZero(name: string, found: number, high: number): number {
  if (typeof found === 'number' && found > 0 && found <= high) return found;
  throw refuse(name, found, `a number above 0, at most ${high}`);
}

/** An integer in [low, high]; also used for options beside sampling. */
export function integer(name: string, found: number, low: number, high: number): number {
  if (Number.isSafeInteger(found) && found >= low && found <= high) return found;
  const range = high === Number.MAX_SAFE_INTEGER ? `${low} or more` : `from ${low} to ${high}`;
  throw refuse(name, found, `a whole number ${range}`);
}

export function refuse(name: string, found: unknown, expected: string) {
  return error('invalid_option', { name, found: describe(found), expected });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** For a request that names none. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
