/** What all chunks of a response have in common: an id that cannot be guessed, when, and by what. */
import { createHash, randomBytes } from 'node:crypto';
import type { ModelInfo } from '../engine/model-info.ts';
import type { ResponseHead } from '../protocol/openai/chat-chunks.ts';

/** `name`: what the model is served as. */
export function responseHead(idPrefix: string, name: string, info: ModelInfo): ResponseHead {
  return {
    id: `${idPrefix}${randomBytes(16).toString('hex')}`,
    created: Math.floor(Date.now() / 1000),
    model: name,
    system_fingerprint: fingerprint(info),
  };
}

/** The same where the same seed should give the same reply. */
function fingerprint({ name, quantisation, parameterCount, device }: ModelInfo): string {
  const parts = [name, quantisation, parameterCount, device.kind];
  return `fp_${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)}`;
}
