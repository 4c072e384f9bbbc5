/**
 * generation_config.json: what the makers recommend for sampling, and which tokens end a reply
 * (checkpoints without that file say the latter in config.json). Values out of range are refused;
 * fields that Sampan has no use for are not looked at.
 */
import type { Checkpoint } from '../checkpoint.ts';
import type { JsonObject } from '../json-file.ts';
import { HfFields } from './hf-fields.ts';

const maxTokenId = 2 ** 22;
const maxEosTokens = 64;

/** transformers writes top_k 0 and top_p 1 for "not limited". */
export function parseHfSampling(file: string, json: JsonObject): Checkpoint['sampling'] {
  const fields = new HfFields(file, json);
  const given = {
    temperature: fields.optionalNumber('temperature', 100, 0),
    topP: fields.optionalNumber('top_p', 1),
    topK: fields.optionalCount('top_k', maxTokenId, 0),
    minP: fields.optionalNumber('min_p', 1, 0),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** One id, or several as Llama 3 has. */
export function parseHfEos(file: string, json: JsonObject): readonly number[] {
  const fields = new HfFields(file, json);
  const value = fields.get('eos_token_id');
  if (value === undefined) return [];
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  const isId = (id: unknown) => Number.isInteger(id) && (id as number) >= 0;
  const isRight = ids.every((id) => isId(id) && (id as number) <= maxTokenId);
  if (isRight && ids.length <= maxEosTokens) return ids as number[];
  throw fields.damaged('eos_token_id', `a token id or up to ${maxEosTokens} of them`);
}
