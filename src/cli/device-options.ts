/** Where a model runs: `--device`, `--threads` and `--kv-cache`, the same for every command that loads one. */
import { type Command, Option } from 'commander';
import { cacheFormats } from '../compiler/lowering.ts';
import type { LoadOptions } from '../engine/load.ts';
import { deviceKinds } from '../nn/open-device.ts';
import { count } from './number-option.ts';

export interface DeviceOptions {
  readonly device?: NonNullable<LoadOptions['device']>;
  readonly threads?: number;
  readonly kvCache?: NonNullable<LoadOptions['kvCache']>;
}

export function addDeviceOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--device <kind>', 'what computes (default: the fastest that works here)').choices(
        ['auto', ...deviceKinds],
      ),
    )
    .option('--threads <number>', 'threads that compute (default: the cores there are)', count)
    .addOption(
      new Option(
        '--kv-cache <format>',
        'what keys and values are kept as; int8 takes little more than half of the memory (default: f16)',
      ).choices(cacheFormats),
    );
}

/** Only what was said; ranges are the engine's to check. */
export function deviceOptions({ device, threads, kvCache }: DeviceOptions): LoadOptions {
  return {
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads }),
    ...(kvCache !== undefined && { kvCache }),
  };
}
