/** What the planner knows of a chip. Rates are dense; absent = not published; 'none' = not there. */
import type { Figure } from './figure.ts';

/** Number formats in which a chip multiplies. */
export type RateType = 'bf16' | 'fp8' | 'int8' | 'fp4';

/** Chips that behave alike share fitted factors. */
export type ChipFamily =
  | 'nvidia-ampere'
  | 'nvidia-ada'
  | 'nvidia-hopper'
  | 'nvidia-blackwell'
  | 'amd-cdna'
  | 'ascend-910'
  | 'ascend-950'
  | 'hygon'
  | 'enflame'
  | 'tsingmicro'
  | 'moore-threads'
  | 'cambricon'
  | 'kunlunxin'
  | 'metax'
  | 'iluvatar'
  | 't-head'
  /** A machine's own processor, measured. */
  | 'cpu';

export interface Chip {
  /** As on the command line: `ascend-910b3`, `h20`. */
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly family: ChipFamily;
  /** Other spellings that people use, lower case. */
  readonly aliases: readonly string[];
  /** Dense tera-operations per second, one chip (a 910C is a package of two dies). */
  readonly rates: { readonly [type in RateType]?: Figure | 'none' };
  /** 10^9 bytes. */
  readonly memoryGb?: Figure;
  /** 10^9 bytes per second. */
  readonly bandwidthGbs?: Figure;
  /** Fast links between neighbours: 10^9 bytes/s one way per chip; how many chips they join. */
  readonly scaleUp?: { readonly gbs: Figure; readonly domain: number; readonly name: string };
  /** Between domains, 10^9 bytes/s one way per chip. */
  readonly scaleOut?: { readonly gbs: Figure; readonly name: string };
  /** Chips that are bought and rented as one machine. */
  readonly chipsPerNode: number;
  /** One chip's rated power. */
  readonly watts?: Figure;
  /** Power per chip with its share of host, network and cooling. */
  readonly allInWatts?: Figure;
  /** Software it runs: CUDA, CANN, MUSA, … */
  readonly stacks: readonly string[];
  /** What a reader should know. */
  readonly notes: readonly string[];
}
