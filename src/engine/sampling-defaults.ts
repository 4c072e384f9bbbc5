/**
 * What a request gets where it says nothing: the checkpoint's own recommendation, value by value;
 * else what DeepSeek recommends for R1 and its distills (README of deepseek-ai/DeepSeek-R1, "Usage
 * Recommendations": temperature 0.5-0.7, 0.6 recommended; top_p 0.95; no system prompt; thinking
 * enforced by `<think>\n`, which the chat templates do); else the model's plain distribution.
 */
import type { Checkpoint } from '../formats/checkpoint.ts';
import type { SamplingDefaults } from './sampling-params.ts';

export interface ChosenDefaults extends SamplingDefaults {
  readonly source: 'checkpoint' | 'deepseek-r1' | 'plain';
}

const r1Defaults = { temperature: 0.6, topP: 0.95, topK: 0, minP: 0 } as const;
const plainDefaults = { temperature: 1, topP: 1, topK: 0, minP: 0 } as const;

/** Other engines write −1 for "off", and files may hold anything: such a value counts as not given. */
const isUsable: Readonly<Record<keyof SamplingDefaults, (value: number) => boolean>> = {
  temperature: (value) => value >= 0 && value <= 100,
  topP: (value) => value > 0 && value <= 1,
  topK: (value) => Number.isSafeInteger(value) && value >= 0,
  minP: (value) => value >= 0 && value <= 1,
};

export function samplingDefaults(
  sampling: Checkpoint['sampling'],
  /** See `isR1Family`. */
  isR1: boolean,
): ChosenDefaults {
  const family = isR1 ? r1Defaults : plainDefaults;
  const own = Object.fromEntries(
    Object.entries(sampling).filter(([name, value]) =>
      isUsable[name as keyof typeof isUsable](value),
    ),
  );
  const familyName = isR1 ? 'deepseek-r1' : 'plain';
  const source = Object.keys(own).length > 0 ? 'checkpoint' : familyName;
  return { ...family, ...own, source };
}

/**
 * By what the checkpoint declares, not by its name: DeepSeek's role tokens in the vocabulary and a
 * template that knows the thinking tags (some leave opening them to the model).
 */
export function isR1Family(hasToken: (text: string) => boolean, chatTemplate: string): boolean {
  return hasToken('<｜User｜>') && chatTemplate.includes('think>');
}
