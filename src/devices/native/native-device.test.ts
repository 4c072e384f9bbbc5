/** The compiled device on this processor, with the toy library: what it computes is easily said. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test as testAnywhere } from 'vitest';
import { mapFile } from '../../formats/file-map.ts';
import { CompiledDevice } from '../compiled/compiled-device.ts';
import { counting, expectEqualSteps, expectWholeWeight } from '../compiled/toy-cases.ts';
import { toyLibrary, unpacked } from '../compiled/toy-library.ts';
import { NativeMachine } from './native-machine.ts';

const test = testAnywhere.skipIf(process.arch !== 'x64');

let machine: NativeMachine;
let device: CompiledDevice;
beforeEach(() => {
  const opened = NativeMachine.open({ threads: 2 });
  if ('refused' in opened) throw new Error(opened.refused);
  machine = opened;
  device = new CompiledDevice(machine, toyLibrary);
});
afterEach(() => device.close());

test('a step of weights, derived and temporary memory and a look-up is the same every time', () =>
  expectEqualSteps(device, 300));

test('a weight of many chunks is packed whole, by threads that take turns with the copying', () =>
  expectWholeWeight(device, 'ready'));

/** Of the mapped file, in this process's memory. */
function residentBytes(file: string): number {
  const smaps = readFileSync('/proc/self/smaps', 'utf8');
  return 1024 * Number(/^Rss:\s+(\d+) kB$/m.exec(smaps.slice(smaps.indexOf(file)))![1]);
}

const testOnLinux = testAnywhere.skipIf(process.arch !== 'x64' || process.platform !== 'linux');

testOnLinux("a mapped file's pages are let go as its rows are packed, run by run", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sampan-packed-'));
  try {
    const file = path.join(folder, 'weights');
    const view = counting(2 ** 11, 2 ** 13); // 64 MB
    writeFileSync(file, view.bytes);
    const map = mapFile(file);
    const weight = device.upload(
      [
        {
          ...view,
          bytes: map.bytes,
          address: map.addressOf(map.bytes),
          release: (...range) => map.drop(map.bytes, ...range),
        },
      ],
      'matrix',
    );
    const [done, resident]: number[][] = [[], []];
    await device.ready((doneBytes) => {
      done.push(doneBytes / 2 ** 20);
      resident.push(residentBytes(file));
    });
    expect(done).toEqual([0, 32, 48, 64]);
    expect(Math.max(...resident)).toBeLessThan(2 ** 20);
    const y = device.allocate('f32', view.dims, 'y');
    await device.run([device.command(unpacked, { w: weight, y })]);
    const out = new Float32Array(view.bytes.length / 4);
    await device.read(y, out);
    expect(out.every((value, i) => value === i)).toBe(true);
    map.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('closing the device gives back all memory', async () => {
  device.upload([counting(16, 8)], 'matrix');
  await device.ready();
  await device.close();
  expect(machine.allocatedBytes).toBe(0);
});
