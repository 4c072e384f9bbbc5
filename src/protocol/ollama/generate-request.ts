/**
 * POST /api/generate → what the engine is asked: one turn through the chat template, or with `raw`
 * a text as it is, or with `suffix` what stands between two texts. Templates of one's own are in
 * Go's language and are refused; `raw` does what they are for.
 */
import { z } from 'zod';
import type { AskedMessage } from '../openai/chat-messages.ts';
import { invalidField } from '../parse-request.ts';
import { imagesField, type ReplyAsk, refuseImages, replyAsk, replyFields } from './reply-fields.ts';

const maxContextTokens = 4 << 20;

export const generateSchema = z.object({
  ...replyFields,
  /** None: the model is loaded, or unloaded, and nothing is said. */
  prompt: z.string().nullish(),
  suffix: z.string().nullish(),
  system: z.string().nullish(),
  template: z.string().nullish(),
  context: z.array(z.int().min(0)).max(maxContextTokens).nullish(),
  raw: z.boolean().nullish(),
  images: imagesField,
});

export type GeneratePrompt =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'chat';
      readonly messages: readonly AskedMessage[];
      /** What an earlier reply gave as its `context`. */
      readonly context: readonly number[];
    }
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'infill'; readonly text: string; readonly suffix: string };

export interface GenerateAsk extends ReplyAsk {
  readonly prompt: GeneratePrompt;
}

export function generateAsk(request: z.output<typeof generateSchema>): GenerateAsk {
  refuseImages(request.images, 'images');
  if (request.template) {
    throw invalidField('template', 'a template', 'none; send the whole prompt with raw: true');
  }
  return { ...replyAsk(request), prompt: promptOf(request) };
}

function promptOf(request: z.output<typeof generateSchema>): GeneratePrompt {
  const { prompt, suffix, system, context, raw } = request;
  const text = prompt ?? '';
  if (raw) {
    const extra = [system && 'system', context?.length && 'context', suffix && 'suffix'];
    const found = extra.find((name) => name);
    if (found) throw invalidField('raw', `it with ${found}`, 'a prompt that has all of it');
    return text === '' ? { kind: 'none' } : { kind: 'raw', text };
  }
  if (suffix) return { kind: 'infill', text, suffix };
  if (text === '') return { kind: 'none' };
  const messages: AskedMessage[] = [
    ...(system ? [{ role: 'system' as const, content: system }] : []),
    { role: 'user', content: text },
  ];
  return { kind: 'chat', messages, context: context ?? [] };
}
