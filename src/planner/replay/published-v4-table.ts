/**
 * DeepSeek-V4 on SGLang 0.5.15, the cookbook's high-throughput cells: no multi-token prediction.
 * Prompts and replies are drawn evenly between one token and 8,192 and 1,024, so their means are
 * given (bench_serving without a range ratio; Little's law over TTFT, TPOT and rate agrees). The
 * source prints total tokens/s per chip as output times nine; notes give the output of all chips.
 * The cells at 4,096 clients are one wave of requests and are left out, as are those with drafts,
 * whose acceptance is not published.
 */
import type { PublishedResult } from './published-result.ts';
import { series } from './published-series.ts';

const cell = {
  engine: 'sglang',
  engineVersion: '0.5.15',
  phase: 'serve',
  inTokens: 4096,
  outTokens: 512,
  grade: 'A',
  source: 'SGL-V4',
  date: '2026-07',
} as const;
const flash = { ...cell, model: 'deepseek-v4-flash', precision: 'mxfp4' } as const;
const pro = { ...cell, model: 'deepseek-v4-pro', precision: 'mxfp4' } as const;

/** 256 requests run at once: the engine's limit, which Little's law confirms. */
const limited = { slots: 256 };
const pool = {
  unusable:
    "fewer requests run at once than the chips' memory holds: the engine's own pools for window and compressed caches limit them",
};

const at1024 = (
  name: string,
  run: Omit<PublishedResult, 'id' | 'curve' | 'concurrency' | 'measured'>,
  ttftMs: number,
  tpotMs: number,
  wholeRun: number,
) =>
  series(
    `sgl-v4-${name}`,
    {
      ...run,
      note: `${wholeRun} output tokens/s over the whole run, start and end included`,
    },
    [{ concurrency: 1024, measured: { ttftMs, tpotMs } }],
  );

export const v4Results: readonly PublishedResult[] = [
  ...at1024(
    'flash-b200',
    { ...flash, ...limited, chip: 'b200', chips: 4, layout: 'dp4ep4' },
    104_331,
    71.27,
    3_554,
  ),
  ...at1024(
    'flash-b300',
    { ...flash, ...limited, chip: 'b300', chips: 4, layout: 'dp4ep4' },
    89_642,
    61.18,
    4_122,
  ),
  ...at1024(
    'flash-gb300',
    { ...flash, ...limited, chip: 'gb300', chips: 4, layout: 'dp4ep4' },
    136_259,
    91.93,
    2_860,
  ),
  ...at1024(
    'flash-h200-fp8',
    { ...flash, ...limited, precision: 'fp8', chip: 'h200', chips: 4, layout: 'dp4ep4' },
    218_999,
    147.51,
    1_759,
  ),
  // Weights of 4 bits are widened on the way (Marlin).
  ...at1024(
    'flash-h200-fp4',
    { ...flash, ...limited, chip: 'h200', chips: 4, layout: 'tp4' },
    193_474,
    126.81,
    1_988,
  ),
  ...at1024(
    'flash-h100-fp4',
    { ...flash, ...pool, chip: 'h100', chips: 8, layout: 'tp8' },
    212_091,
    67.32,
    1_958,
  ),
  ...at1024(
    'pro-b200',
    { ...pro, ...pool, chip: 'b200', chips: 8, layout: 'dp8ep8' },
    112_146,
    45.49,
    3_516,
  ),
  ...at1024(
    'pro-h200',
    { ...pro, ...pool, chip: 'h200', chips: 8, layout: 'tp8' },
    925_656,
    69.39,
    508,
  ),
];
