/**
 * `sampan doctor`: what this machine offers, which devices can be used and why others cannot.
 * Every device is really opened; of the fastest it is measured what it can do at most, and how far
 * the planner is from the built-in model's speed on it.
 */
import type { Command } from 'commander';
import { SampanError } from '../../base/errors.ts';
import { type DeviceKind, deviceKinds, openDevice } from '../../nn/open-device.ts';
import { describePlanCheck } from '../bench/describe-bench.ts';
import type { PlanCheck } from '../bench/plan-check.ts';
import { runBench } from '../bench/run-bench.ts';
import { examples } from '../examples.ts';
import { formatBytes, inspectMachine, type Machine } from '../machine.ts';
import { type MachineLimits, machineLimits } from '../machine-limits.ts';
import { count, harmless } from '../print-reply.ts';
import { progressBar } from '../progress.ts';
import { interruptible, paint, processTerminal, type Terminal } from '../terminal.ts';

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
        'second) at most; and what the planner predicts for the built-in model beside what is ' +
        'measured. Takes a few seconds.',
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
      const plan = devices.some(({ limits }) => limits) ? await checkPlanner(terminal) : undefined;
      const text = json
        ? JSON.stringify({ machine, devices, plan }, null, 2)
        : [...describe(machine, devices, terminal), ...planLines(plan, terminal)].join('\n');
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

/** Short prompts and replies: it is to be a matter of a second. */
const glance = { prompt: 256, reply: 32, context: 1, concurrency: 1, rounds: 1 } as const;

async function checkPlanner(terminal: Terminal): Promise<PlanCheck | undefined> {
  const options = { ...glance, speculation: 'off', checkPlan: true } as const;
  try {
    const report = await interruptible(terminal, (signal) =>
      runBench('nano', options, terminal, signal),
    );
    return report.plan;
  } catch (cause) {
    if (!(cause instanceof SampanError)) throw cause;
    return { refused: cause.message };
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

function describe(
  machine: Machine,
  devices: readonly DeviceReport[],
  { stdout }: Terminal,
): readonly string[] {
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
  return lines;
}

function planLines(plan: PlanCheck | undefined, { stdout }: Terminal): readonly string[] {
  const lines = describePlanCheck(plan).map((line) => `  ${harmless(line)}`);
  return lines.length > 0 ? [paint(stdout, 'dim', 'plan, for nano'), ...lines] : [];
}

function describeDevice({ note, threads }: DeviceReport): string {
  return harmless(threads === undefined ? note : `${note}; ${count(threads, 'thread')}`);
}

export function describeLimits({ level, readGBs, int8GmacS, f32GmacS }: MachineLimits): string {
  return `${level}: reads ${readGBs.toFixed(1)} GB/s, multiplies ${Math.round(int8GmacS)} GMAC/s of int8, ${Math.round(f32GmacS)} of f32`;
}
