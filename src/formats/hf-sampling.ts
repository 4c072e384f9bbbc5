/**
 * generation_config.json → what the makers recommend for sampling, and which tokens end a reply.
 * Values outside their range are refused; unknown fields are not looked at.
 */
import { HfFields } from './hf-fields.ts';
import type { JsonObject } from './json-file.ts';

export interface HfGeneration {
  readonly sampling: { temperature?: number; topP?: number; topK?: number; minP?: number };
  /** One id, or several as Llama 3 has. */
  readonly eosTokenIds: readonly number[];
}

const maxTokenId = 2 ** 22;
const maxEosTokens = 64;

export function parseHfGeneration(file: string, json: JsonObject): HfGeneration {
  const fields = new HfFields(file, json);
  const given = {
    temperature: fields.optionalNumber('temperature', 100, 0),
    topP: fields.optionalNumber('top_p', 1, 0),
    topK: fields.optionalCount('top_k', maxTokenId, 0),
    minP: fields.optionalNumber('min_p', 1, 0),
  };
  const stated = Object.entries(given).filter(([, value]) => value !== undefined);
  return { sampling: Object.fromEntries(stated), eosTokenIds: parseEos(fields) };
}

function parseEos(fields: HfFields): number[] {
  const value = fields.get('eos_token_id');
  if (value === undefined) return [];
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  const isId = (id: unknown) => Number.isInteger(id) && (id as number) >= 0;
  const isRight = ids.every((id) => isId(id) && (id as number) <= maxTokenId);
  if (isRight && ids.length <= maxEosTokens) return ids as number[];
  throw fields.damaged('eos_token_id', `a token id or up to ${maxEosTokens} of them`);
}
