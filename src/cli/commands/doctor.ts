/** `sampan doctor`: what this machine offers, which devices can be used and why others cannot. */
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import { formatBytes, inspectMachine, type Machine } from '../machine.ts';
import { paint, processTerminal, type Terminal } from '../terminal.ts';

export interface DeviceReport {
  readonly kind: string;
  readonly canBeUsed: boolean;
  /** What it is, or why it cannot be used. */
  readonly note: string;
}

export function registerDoctor(program: Command, terminal: Terminal = processTerminal): void {
  program
    .command('doctor')
    .summary('show what this machine offers, and the devices that can be used')
    .description(
      'Shows processor, cores and memory that Sampan may use (a container may give less than ' +
        'the machine has), and for each device whether it can be used, or why not.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples({
        'sampan doctor': 'for people',
        'sampan doctor --json': 'for programs',
      }),
    )
    .action(({ json }: { json?: boolean }) => {
      const machine = inspectMachine();
      const devices = inspectDevices(machine);
      const text = json
        ? JSON.stringify({ machine, devices }, null, 2)
        : describe(machine, devices, terminal);
      terminal.stdout.write(`${text}\n`);
    });
}

export function inspectDevices(machine: Machine): DeviceReport[] {
  const cores = machine.usableCores === 1 ? '1 core' : `${machine.usableCores} cores`;
  const later = 'not in this version';
  return [
    { kind: 'reference', canBeUsed: true, note: 'plain TypeScript: exact, and slow on big models' },
    { kind: 'native', canBeUsed: false, note: `${later}: machine code for ${cores}` },
    { kind: 'wasm', canBeUsed: false, note: `${later}: WebAssembly with 128-bit vectors` },
    { kind: 'webgpu', canBeUsed: false, note: `${later}: graphics processors through WebGPU` },
  ];
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
  for (const { kind, canBeUsed, note } of devices) {
    const mark = canBeUsed ? paint(stdout, 'green', 'yes') : paint(stdout, 'yellow', 'no ');
    lines.push(`  ${kind.padEnd(10)} ${mark} ${note}`);
  }
  return lines.join('\n');
}
