/** No kernel reaches beyond its memory. One that does dies, so they run in a process of their own. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const isPosix = process.platform !== 'win32';

test.skipIf(process.arch !== 'x64' || !isPosix)(
  'kernels stay within their memory and the 64 bytes behind it',
  async () => {
    const program = path.join(import.meta.dirname, 'fenced-kernels.ts');
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const end = await new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(signal ?? code));
    });
    const lines = output.trim().split('\n');
    expect({ end, last: lines.at(-1) }).toEqual({ end: 0, last: 'done' });
    expect(lines.length).toBeGreaterThan(100);
  },
);
