import { expect, test } from 'vitest';
import { ReferenceDevice } from '../devices/reference/reference-device.ts';
import { Recorder, Workspace } from './recorder.ts';

const open = () => new Recorder(new Workspace(ReferenceDevice.open()));
/** Where a tensor of the reference device lies: the array that holds it, and its first byte in it. */
function storageOf(tensor: unknown): string {
  const { buffer, byteOffset } = (tensor as { data: Int32Array }).data;
  if (!numberOf.has(buffer)) numberOf.set(buffer, ++numSeen);
  return `${numberOf.get(buffer)}:${byteOffset}`;
}
const numberOf = new WeakMap<object, number>();
let numSeen = 0;

test('what a scope took is free again when it ends', () => {
  const r = open();
  const first = r.scope(() => r.temp(3, 4));
  expect(storageOf(r.temp(3, 4))).toBe(storageOf(first));
});

test('within a scope no two temporaries share storage', () => {
  const r = open();
  const buffers = [r.temp(8), r.temp(8), r.temp(8)].map(storageOf);
  expect(new Set(buffers).size).toBe(3);
});

test('a temporary begins where none that is alive ends, whatever their sizes', () => {
  const r = open();
  const rangeOf = (tensor: unknown, elements: number) => {
    const { buffer, byteOffset } = (tensor as { data: Float32Array }).data;
    return { buffer, start: byteOffset, end: byteOffset + 4 * elements };
  };
  const sizes = [3, 17, 2 ** 23, 5, 2 ** 23 + 1, 2 ** 22, 2 ** 22, 1];
  const ranges = sizes.map((size) => rangeOf(r.temp(size), size));
  for (const [i, a] of ranges.entries()) {
    for (const b of ranges.slice(i + 1)) {
      expect(a.buffer !== b.buffer || a.end <= b.start || b.end <= a.start).toBe(true);
    }
  }
});

// Inputs are written while recording. Had they the storage of a temporary of an earlier scope,
// that scope's commands would overwrite them when the step runs.
test('an input never takes storage that a temporary of the step has used', () => {
  const r = open();
  const temporary = r.scope(() => r.tempI32(1, 3));
  expect(storageOf(r.input(Int32Array.of(1, 2, 3), 3))).not.toBe(storageOf(temporary));
});

test('storage goes round from step to step', () => {
  const workspace = new Workspace(ReferenceDevice.open());
  const step = () => {
    const r = new Recorder(workspace);
    const used = [r.temp(16, 4), r.input(Int32Array.of(1), 1)].map(storageOf);
    r.end();
    return used;
  };
  expect(step()).toEqual(step());
});

// The device knows a step's commands again by what they touch.
test('a step like the last one takes the same storage, in whatever order it came back', () => {
  const workspace = new Workspace(ReferenceDevice.open());
  const step = () => {
    const r = new Recorder(workspace);
    const first = r.temp(8);
    const inner = r.scope(() => [r.temp(8), r.temp(8)]);
    const used = [first, ...inner, r.temp(8), r.input(Int32Array.of(1), 1)].map(storageOf);
    r.end();
    return used;
  };
  const used = step();
  for (let i = 0; i < 3; i++) {
    for (const [at, buffer] of step().entries()) expect(buffer).toBe(used[at]);
  }
});
