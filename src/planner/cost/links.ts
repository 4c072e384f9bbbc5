/**
 * What it costs chips to exchange activations. Within a domain of fast links a collective costs a
 * latency and its bytes over the link; past it, the part that leaves goes over the slow links.
 */
import type { Instance } from './instance.ts';

/** Bytes per second that one chip sends to others of a group of `size`, and hops past the domain. */
function linkOf({ chip, factors }: Instance, size: number): { perByte: number; hops: number } {
  const domain = chip.scaleUp?.domain ?? 1;
  const out = (chip.scaleOut?.gbs.value ?? pcieGbs) * 1e9 * factors.links;
  const up = chip.scaleUp ? chip.scaleUp.gbs.value * 1e9 * factors.links : out;
  if (size <= domain) return { perByte: 1 / up, hops: 1 };
  const leaving = (size - domain) / (size - 1);
  return { perByte: leaving / out + (1 - leaving) / up, hops: 2 };
}

/** Where no link is published, chips of a machine exchange over PCIe 4.0 x16: 32 GB/s one way. */
const pcieGbs = 32;

/** Seconds to sum `bytes`, which all chips of a group of `size` hold, on all of them (ring). */
export function allReduceSeconds(instance: Instance, size: number, bytes: number): number {
  if (size <= 1) return 0;
  const { perByte, hops } = linkOf(instance, size);
  const latency = instance.factors.collectiveMicros * 1e-6 * hops;
  return latency + ((2 * (size - 1)) / size) * bytes * perByte;
}

/** Copies of a token on their way to its experts: to so many machines, and chips in all. */
export interface Destinations {
  readonly domains: number;
  readonly chips: number;
}

/** Where `choices` experts lie, if each is as likely on any of `ep` chips as on another. */
export function destinationsOf(instance: Instance, choices: number): Destinations {
  const { ep } = instance.parallelism;
  const distinct = (places: number) => places * (1 - (1 - 1 / places) ** choices);
  const domains = Math.ceil(ep / (instance.chip.scaleUp?.domain ?? 1));
  return { domains: domains > 1 ? distinct(domains) : 1, chips: distinct(ep) };
}

/**
 * Seconds for every chip to send `bytes` to each of the destinations of its tokens: once to every
 * machine over the slow links, from there on to its chips over the fast ones, both at the same time.
 */
export function allToAllSeconds(instance: Instance, to: Destinations, bytes: number): number {
  const { chip, factors, parallelism } = instance;
  const domain = chip.scaleUp?.domain ?? 1;
  const out = (chip.scaleOut?.gbs.value ?? pcieGbs) * 1e9 * factors.links;
  const up = chip.scaleUp ? chip.scaleUp.gbs.value * 1e9 * factors.links : out;
  const domains = Math.ceil(parallelism.ep / domain);
  const leaving = domains > 1 ? (to.domains * (domains - 1)) / domains : 0;
  const latency = factors.collectiveMicros * 1e-6 * (domains > 1 ? 2 : 1) * 2;
  return latency + Math.max((leaving * bytes) / out, (to.chips * bytes) / up);
}

/** Seconds to hand `bytes` to the next stage of a pipeline or from prefill to decode. */
export function sendSeconds(instance: Instance, bytes: number): number {
  const { perByte } = linkOf(instance, (instance.chip.scaleUp?.domain ?? 1) + 1);
  return instance.factors.collectiveMicros * 1e-6 + bytes * perByte;
}
