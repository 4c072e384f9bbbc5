/**
 * AMD's chips, as SemiAnalysis lists them. Its memory is what the driver reports, and its file
 * equates a GB200's 186 GB with 185.0 GiB: its gigabytes are GiB, and are converted here.
 */
import type { Chip } from './chip.ts';
import { figuresFrom, gib } from './figure-from.ts';

const specs = figuresFrom('IXA', '2026', 'A');
const nodePower = figuresFrom('IXC', '2026-04', 'A');
const rocm = ['ROCm'];
const roce = { gbs: specs(50, '400 Gbit/s per chip'), name: 'RoCE' };

export const amdChips: readonly Chip[] = [
  {
    id: 'mi300x',
    name: 'AMD Instinct MI300X',
    vendor: 'AMD',
    family: 'amd-cdna',
    aliases: ['amd-mi300x', 'instinct-mi300x'],
    rates: { bf16: specs(1307), fp8: specs(2615), fp4: 'none' },
    memoryGb: specs(gib(192), '192 GiB'),
    bandwidthGbs: specs(5300),
    scaleUp: { gbs: specs(448, 'full mesh'), domain: 8, name: 'Infinity Fabric' },
    scaleOut: roce,
    chipsPerNode: 8,
    watts: figuresFrom('DSTACK', '2025-03', 'B')(750),
    allInWatts: nodePower(1790),
    stacks: rocm,
    notes: [],
  },
  {
    id: 'mi325x',
    name: 'AMD Instinct MI325X',
    vendor: 'AMD',
    family: 'amd-cdna',
    aliases: ['amd-mi325x', 'instinct-mi325x'],
    rates: { bf16: specs(1307), fp8: specs(2615), fp4: 'none' },
    memoryGb: specs(gib(256), '256 GiB'),
    bandwidthGbs: specs(6000),
    scaleUp: { gbs: specs(448, 'full mesh'), domain: 8, name: 'Infinity Fabric' },
    scaleOut: roce,
    chipsPerNode: 8,
    allInWatts: nodePower(2180),
    stacks: rocm,
    notes: [],
  },
  {
    id: 'mi355x',
    name: 'AMD Instinct MI355X',
    vendor: 'AMD',
    family: 'amd-cdna',
    aliases: ['amd-mi355x', 'instinct-mi355x'],
    rates: { bf16: specs(2516), fp8: specs(5033), fp4: specs(10066) },
    memoryGb: specs(gib(288), '288 GiB'),
    bandwidthGbs: specs(8000),
    scaleUp: {
      gbs: specs(538, 'full mesh; another version of the file says 576'),
      domain: 8,
      name: 'Infinity Fabric',
    },
    scaleOut: roce,
    chipsPerNode: 8,
    allInWatts: nodePower(2650),
    stacks: rocm,
    notes: [],
  },
];
