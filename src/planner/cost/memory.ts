/** What a chip's memory holds: weights, what the engine reserves, and room for the KV cache. */
import type { ChipFamily } from '../facts/chip.ts';
import type { Instance } from './instance.ts';

export interface MemoryRoom {
  readonly weightBytes: number;
  readonly reservedBytes: number;
  /** Room for the KV cache; negative: the weights alone do not fit. */
  readonly kvRoomBytes: number;
  readonly totalBytes: number;
}

/**
 * Bytes that engines keep for activations, recordings and communication: 3.5 GiB and 392 MiB of
 * NCCL's buffers on Nvidia [AIC]; 10 GB on Ascend, as unverified notes have it of Huawei's simulator.
 * Elsewhere nothing is published: as on Nvidia.
 */
const nvidiaReserve = 3.5 * 2 ** 30 + 392 * 2 ** 20;
const reserved = (family: ChipFamily) => (family.startsWith('ascend') ? 10e9 : nvidiaReserve);
/** Share of a processor's memory that is left to a model: its system needs the rest. */
const cpuShare = 0.85;

export function memoryRoom(instance: Instance): MemoryRoom {
  const { chip, weightBytes } = instance;
  const bytes = (chip.memoryGb?.value ?? Number.NaN) * 1e9;
  const isCpu = chip.family === 'cpu';
  const reservedBytes = isCpu ? bytes * (1 - cpuShare) : reserved(chip.family);
  const kvRoomBytes = bytes - reservedBytes - weightBytes;
  return { weightBytes, reservedBytes, kvRoomBytes, totalBytes: bytes };
}

/** Bytes on one chip of a sequence's cache at `context` tokens. */
export function sequenceBytes(instance: Instance, context: number): number {
  const { tp, pp } = instance.parallelism;
  let elements = 0;
  for (const { count, attention } of instance.layers) {
    elements += (count * attention.kvElements(context)) / Math.min(tp, attention.kvHeads);
  }
  return (elements * instance.kvBytes) / pp;
}

/**
 * Sequences that run at once in the whole instance. A sequence takes room as it grows; engines admit
 * one when most of what it will need is free: its prompt and three quarters of its reply.
 */
export function sequenceRoom(instance: Instance, inTokens: number, outTokens: number): number {
  const bytes = sequenceBytes(instance, inTokens + 0.75 * outTokens);
  const { kvRoomBytes } = memoryRoom(instance);
  return Math.floor(Math.max(0, kvRoomBytes) / bytes) * instance.parallelism.dp;
}
