/** A number's frame: the machine, the commit, and how busy the machine was before the first row. */
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { inspectMachine } from '../src/cli/machine.ts';

export interface Frame {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  /** With a plus where files differ from it. */
  readonly commit: string;
  readonly node: string;
  readonly loadAverage: number;
}

export function readFrame(): Frame {
  const { cpu, usableCores, usableMemoryBytes, node } = inspectMachine();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu,
    cores: usableCores,
    memoryGB: Math.round(usableMemoryBytes / 1e9),
    commit: readCommit(),
    node,
    loadAverage: loadavg()[0]!,
  };
}

function readCommit(): string {
  const git = (...words: string[]) => {
    const { status, stdout } = spawnSync('git', words, { cwd: import.meta.dirname });
    return status === 0 ? stdout.toString().trim() : undefined;
  };
  const commit = git('rev-parse', '--short', 'HEAD');
  return commit === undefined ? 'unknown' : commit + (git('status', '--porcelain') ? '+' : '');
}
