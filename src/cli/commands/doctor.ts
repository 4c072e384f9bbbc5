/**
 * `sampan doctor`: what this machine offers, which devices can be used and why others cannot.
 * Every device is really opened; of the fastest it is measured what it can do at most.
 */
import type { Command } from 'commander';
import { SampanError } from '../../base/errors.ts';
import { type DeviceKind, deviceKinds, openDevice } from '../../nn/open-device.ts';
import { examples } from '../examples.ts';
import { formatBytes, inspectMachine, type Machine } from '../machine.ts';
import { type MachineLimits, machineLimits } from '../machine-limits.ts';
import { count, harmless } from '../print-reply.ts';
import { progressBar } from '../progress.ts';
import { paint, processTerminal, type Terminal } from '../terminal.ts';

export interface DeviceReport {
  readonly kind: string;
  readonly canBeUsed: boolean;
  /** What it is, or why it cannot be used. */
  readonly note: string;
  readonly threads?: number;
  /** Of the fastest compiled device: the processor's level, and what was measured on all threads. */
  readonly limits?: MachineLimits;
}

const notes: Readonly<Record<DeviceKind, string>> = {
  native: 'machine code for this processor',
  wasm: 'WebAssembly',
  reference: 'plain TypeScript: exact, and slow on big models',
};

export function registerDoctor(program: Command, terminal: Terminal = processTerminal): void {
  program
    .command('doctor')
    .summary('show what this machine offers, and the devices that can be used')
    .description(
      'Shows processor, cores and memory that Sampan may use (a container may give less than ' +
        'the machine has). Opens each device and says whether it can be used, or why not; of the ' +
        'fastest, what it can read from memory (GB/s) and multiply (GMAC/s, 10⁹ multiply-adds a ' +
        'second) at most. Takes a second or two.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples({
        'sampan doctor': 'for people',
        'sampan doctor --json': 'for programs',
      }),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const machine = inspectMachine();
      const devices = await inspectDevices(terminal);
      const text = json
        ? JSON.stringify({ machine, devices }, null, 2)
        : describe(machine, devices, terminal);
      terminal.stdout.write(`${text}\n`);
    });
}

export async function inspectDevices(terminal: Terminal): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const kind of deviceKinds) reports.push(await tryDevice(kind));
  const fastest = reports.find(({ kind, canBeUsed }) => canBeUsed && kind !== 'reference');
  const bar = progressBar(terminal, 'Measuring memory and processor');
  try {
    bar.update(undefined, undefined);
    const limits = fastest && (await machineLimits({ kinds: [fastest.kind as 'native' | 'wasm'] }));
    const measured = reports.map((report) =>
      report === fastest && limits ? { ...report, limits } : report,
    );
    const later = 'not in this version: graphics processors through WebGPU';
    return [...measured, { kind: 'webgpu', canBeUsed: false, note: later }];
  } finally {
    bar.end();
  }
}

async function tryDevice(kind: DeviceKind): Promise<DeviceReport> {
  try {
    const { device } = await openDevice({ device: kind });
    const { threads } = device;
    await device.close();
    return { kind, canBeUsed: true, note: notes[kind], threads };
  } catch (cause) {
    if (!(cause instanceof SampanError)) throw cause;
    return { kind, canBeUsed: false, note: String(cause.fields.reason) };
  }
}

function describe(machine: Machine, devices: readonly DeviceReport[], terminal: Terminal): string {
  const { stdout } = terminal;
  const features = machine.cpuFeatures?.join(' ') ?? 'this system does not tell';
  const row = (name: string, value: string) => `${paint(stdout, 'dim', name.padEnd(10))} ${value}`;
  const lines = [
    row('system', machine.system),
    row('cpu', machine.cpu),
    row('features', features || 'none that kernels are chosen by'),
    row('cores', `${machine.usableCores} of ${machine.cores} usable`),
    row(
      'memory',
      `${formatBytes(machine.usableMemoryBytes)} usable, ${formatBytes(machine.freeMemoryBytes)} free`,
    ),
    row('node', machine.node),
    row('devices', ''),
  ];
  for (const device of devices) {
    const mark = device.canBeUsed ? paint(stdout, 'green', 'yes') : paint(stdout, 'yellow', 'no ');
    lines.push(`  ${device.kind.padEnd(10)} ${mark} ${describeDevice(device)}`);
    if (device.limits) lines.push(`${' '.repeat(17)}${describeLimits(device.limits)}`);
  }
  return lines.join('\n');
}

function describeDevice({ note, threads }: DeviceReport): string {
  return harmless(threads === undefined ? note : `${note}; ${count(threads, 'thread')}`);
}

export function describeLimits({ level, readGBs, int8GmacS, f32GmacS }: MachineLimits): string {
  return `${level}: reads ${readGBs.toFixed(1)} GB/s, multiplies ${Math.round(int8GmacS)} GMAC/s of int8, ${Math.round(f32GmacS)} of f32`;
}
