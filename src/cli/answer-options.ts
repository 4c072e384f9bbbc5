/** The options of every command that answers: what they are called, and what they become. */
import { type Command, Option } from 'commander';
import type { LoadOptions } from '../engine/load.ts';
import type { ChatOptions } from '../engine/loaded-model.ts';
import { type ReasoningEffort, reasoningEfforts } from '../engine/reasoning-effort.ts';
import { addDeviceOptions, type DeviceOptions, deviceOptions } from './device-options.ts';
import { effort } from './effort-option.ts';
import { count, number } from './number-option.ts';

export interface AnswerOptions extends DeviceOptions {
  readonly context?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
  readonly thinkTokens?: number;
  readonly effort?: ReasoningEffort | number;
  readonly system?: string;
  readonly hideThinking?: boolean;
  readonly json?: boolean;
}

export function addAnswerOptions(command: Command): Command {
  command
    .option('--temperature <number>', 'randomness; 0 always takes the likeliest token', number)
    .option('--top-p <number>', 'only the likeliest tokens that hold this probability', number)
    .option('--seed <number>', 'the same seed and question give the same answer', number)
    .option('--max-tokens <number>', 'longest reply, thinking included', number)
    .option(
      '--think-tokens <number>',
      'longest thinking; then the model is led to its answer',
      number,
    )
    .addOption(
      new Option(
        '--effort <effort>',
        `how hard to think: ${reasoningEfforts.join(', ')}, or 0 to 100`,
      )
        .argParser(effort)
        .conflicts('thinkTokens'),
    )
    .option('--system <text>', 'what the model is told before the conversation')
    .option('--hide-thinking', 'show the answer only');
  return addDeviceOptions(command)
    .option('--context <tokens>', 'longest question and reply together, thinking included', count)
    .option('--json', 'print events, one JSON object a line: start, reasoning, text, done, error');
}

/** How the model is loaded for it. */
export function loadOptions(options: AnswerOptions): LoadOptions {
  const { context } = options;
  return { ...deviceOptions(options), ...(context !== undefined && { contextTokens: context }) };
}

/** Only what was said: the model's own defaults stand for the rest. Ranges are the engine's to check. */
export function chatOptions(options: AnswerOptions): ChatOptions {
  const { temperature, topP, seed, maxTokens, thinkTokens, effort } = options;
  const said = Object.entries({ temperature, topP, seed, maxTokens, thinkTokens, effort });
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}
