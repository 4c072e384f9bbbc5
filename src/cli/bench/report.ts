/**
 * From what was measured to what is said: medians, and how much of this machine's limits they
 * are. Counted as read by a decode step: weights as work-per-token.ts counts them, and the streams'
 * keys and values once. Counted as computed by a prompt: its matrix products. With speculation a
 * token is no pass over the weights, so nothing is said of what decoding reads.
 */
import type { ModelInfo } from '../../engine/model-info.ts';
import { bytesPerStep, type WorkPerToken } from '../../models/work-per-token.ts';
import type { Machine } from '../machine.ts';
import type { MachineLimits } from '../machine-limits.ts';
import { type BenchSettings, median, type Round } from './measure.ts';
import type { PlanCheck } from './plan-check.ts';

export interface BenchParts {
  readonly version: string;
  readonly machine: Machine;
  /** Of the last minute, before anything was measured; 0 where the system does not tell. */
  readonly loadAverage: number;
  readonly info: ModelInfo;
  readonly work: WorkPerToken;
  readonly limits: MachineLimits | undefined;
  readonly settings: BenchSettings & { readonly speculation: string };
  /** From opening the file: until requests are taken, and until a prompt of one token is answered. */
  readonly load: { readonly readyMs: number; readonly firstTokenMs: number };
  readonly peakMemoryBytes: number;
  readonly rounds: readonly Round[];
}

export interface BenchReport extends Omit<BenchParts, 'info' | 'work' | 'machine'> {
  readonly machine: Pick<Machine, 'system' | 'cpu' | 'usableCores' | 'usableMemoryBytes' | 'node'>;
  readonly model: Pick<
    ModelInfo,
    'name' | 'file' | 'architecture' | 'quantisation' | 'parameterCount' | 'memory'
  >;
  readonly device: ModelInfo['device'];
  readonly prefill: {
    readonly tokensPerSecond: number;
    readonly ttftMs: number;
    readonly gmacS: number;
    readonly percentOfLimit: number | undefined;
  };
  readonly decode: {
    /** Of all streams together. */
    readonly tokensPerSecond: number;
    readonly tokensPerSecondPerStream: number;
    readonly tpotMs: number;
    readonly weightBytesPerStep: number;
    readonly kvBytesPerStep: number;
    readonly readGBs: number | undefined;
    readonly percentOfLimit: number | undefined;
  };
  /** What makes the numbers worth less. */
  readonly warnings: readonly string[];
  /** Where it was asked for: what the planner predicts beside it. */
  readonly plan?: PlanCheck;
}

export function benchReport(parts: BenchParts): BenchReport {
  const { info, work, machine, rounds, limits, ...others } = parts;
  const { system, cpu, usableCores, usableMemoryBytes, node } = machine;
  const { name, file, architecture, quantisation, parameterCount, memory } = info;
  const medianOf = (key: keyof Round) => median(rounds.map((round) => round[key]));

  const prefillRate = medianOf('prefillTokensPerSecond');
  /** Seconds that a token's products would take at the limits. */
  const leastSeconds =
    limits && (work.quantisedMacs / limits.int8GmacS + work.floatMacs / limits.f32GmacS) / 1e9;
  return {
    ...others,
    machine: { system, cpu, usableCores, usableMemoryBytes, node },
    model: { name, file, architecture, quantisation, parameterCount, memory },
    device: info.device,
    limits,
    prefill: {
      tokensPerSecond: prefillRate,
      ttftMs: medianOf('ttftMs'),
      gmacS: (prefillRate * (work.quantisedMacs + work.floatMacs)) / 1e9,
      percentOfLimit: leastSeconds && 100 * prefillRate * leastSeconds,
    },
    decode: decodeReport(parts, medianOf('decodeTokensPerSecond'), medianOf('tpotMs')),
    rounds,
    warnings: warningsOf(parts),
  };
}

function decodeReport(
  { info, work, settings, limits }: BenchParts,
  rate: number,
  tpotMs: number,
): BenchReport['decode'] {
  const { concurrency, contextTokens, replyTokens, speculation } = settings;
  const weightBytesPerStep = bytesPerStep(work, concurrency);
  const tokens = concurrency * (contextTokens + replyTokens / 2);
  const kvBytesPerStep = tokens * info.memory.kvBytesPerToken;
  const readGBs =
    speculation === 'off'
      ? ((rate / concurrency) * (weightBytesPerStep + kvBytesPerStep)) / 1e9
      : undefined;
  return {
    ...{ tokensPerSecond: rate, tokensPerSecondPerStream: 1000 / tpotMs, tpotMs },
    ...{ weightBytesPerStep, kvBytesPerStep, readGBs },
    percentOfLimit: readGBs && limits && (100 * readGBs) / limits.readGBs,
  };
}

/** Above this, somebody else was computing. */
const idleLoadAverage = 0.5;

function warningsOf({ loadAverage, info, settings }: BenchParts): string[] {
  const warnings: string[] = [];
  if (loadAverage > idleLoadAverage) {
    warnings.push(
      `the machine is busy (load average ${loadAverage.toFixed(2)}): numbers will be off`,
    );
  }
  const { kvCacheTokens } = info.memory;
  const needed = settings.concurrency * info.contextTokens;
  if (kvCacheTokens < needed) {
    warnings.push(
      `the KV cache has room for ${kvCacheTokens} of ${needed} tokens: streams may wait for each other`,
    );
  }
  return warnings;
}
