/**
 * How many cores the processors of this process are: two threads of one core share its vector
 * units and its way to memory, so more threads than cores only wait for each other.
 * Undefined where the system does not say.
 */
import { readFileSync } from 'node:fs';

export function physicalCores(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return countCores(readFileSync('/proc/cpuinfo', 'utf8'), status);
  } catch {
    return undefined; // a container may hide /proc
  }
}

/** Of /proc/cpuinfo, the cores of processors that /proc/self/status allows. */
export function countCores(cpuinfo: string, status: string): number | undefined {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  const isAllowed = rangesOf(allowed ?? '0-');
  const cores = new Set<string>();
  for (const block of cpuinfo.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}\\s*: (\\d+)$`, 'm').exec(block)?.[1];
    const [processor, chip, core] = ['processor', 'physical id', 'core id'].map(field);
    if (processor === undefined) continue;
    if (core === undefined) return undefined;
    if (isAllowed(Number(processor))) cores.add(`${chip}/${core}`);
  }
  return cores.size > 0 ? cores.size : undefined;
}

/** '0-3,8' as a test. */
function rangesOf(list: string): (index: number) => boolean {
  const ranges = list.split(',').map((range) => {
    const [from, to = from] = range.split('-');
    return [Number(from), to === '' ? Number.POSITIVE_INFINITY : Number(to)];
  });
  return (index) => ranges.some(([from, to]) => index >= from && index <= to);
}
