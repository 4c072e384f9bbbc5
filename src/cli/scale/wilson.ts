/**
 * Wilson's 95 % confidence interval of a share (Wilson 1927): honest near 0 and 1 and for few
 * trials, where the usual one is not.
 */
const z = 1.959964;

export function wilson(successes: number, trials: number): readonly [low: number, high: number] {
  if (trials === 0) return [0, 1];
  const p = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const middle = p + z ** 2 / (2 * trials);
  const half = z * Math.sqrt((p * (1 - p)) / trials + z ** 2 / (4 * trials ** 2));
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}
