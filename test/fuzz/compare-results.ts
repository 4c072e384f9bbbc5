/**
 * Whether two runs of a random routine came to the same: integers to the byte, f32 within 1e-5.
 * Says where first they did not.
 */
import type { RandomRoutine } from './random-routine.ts';

export function firstDifference(
  { intRegion, f32Region }: RandomRoutine,
  expected: DataView,
  actual: DataView,
): string | undefined {
  for (let i = intRegion[0]; i < intRegion[1]; i++) {
    const [a, b] = [expected.getUint8(i), actual.getUint8(i)];
    if (a !== b) return `byte ${i - intRegion[0]} of the integers is ${b}, expected ${a}`;
  }
  for (let i = f32Region[0]; i < f32Region[1]; i += 4) {
    const [a, b] = [expected.getFloat32(i, true), actual.getFloat32(i, true)];
    const isNear = Math.abs(a - b) <= 1e-5 * Math.max(Math.abs(a), Math.abs(b));
    if (!isNear) return `f32 at ${i - f32Region[0]} is ${b}, expected ${a}`;
  }
  return undefined;
}
