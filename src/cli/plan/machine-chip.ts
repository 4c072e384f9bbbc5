/**
 * This machine as a chip of the planner: what was measured of it, and nothing else. Figures are
 * as good as a measurement is, and of today.
 */
import type { Chip } from '../../planner/facts/chip.ts';
import type { Figure } from '../../planner/facts/figure.ts';
import type { Machine } from '../machine.ts';
import type { MachineLimits } from '../machine-limits.ts';

export const measuredHere = 'measured here';

export function machineChip(
  machine: Pick<Machine, 'cpu' | 'usableMemoryBytes'>,
  limits: MachineLimits,
  today = new Date(),
): Chip {
  const date = today.toISOString().slice(0, 10);
  const figure = (value: number): Figure => ({ value, grade: 'A', source: measuredHere, date });
  /** A multiply-add is two operations. */
  const teraOps = (gmacS: number) => figure((2 * gmacS) / 1000);
  return {
    id: 'here',
    name: machine.cpu,
    vendor: 'this machine',
    family: 'cpu',
    aliases: [],
    // Plain numbers, bf16 among them, are multiplied as f32.
    rates: { int8: teraOps(limits.int8GmacS), bf16: teraOps(limits.f32GmacS) },
    memoryGb: figure(machine.usableMemoryBytes / 1e9),
    bandwidthGbs: figure(limits.readGBs),
    chipsPerNode: 1,
    stacks: [`${limits.kind}, ${limits.level}, ${limits.threads} threads`],
    notes: [],
  };
}
