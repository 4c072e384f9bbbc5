/** Of figures in any order; one decimal is all that a measurement of this kind has. */
export function quantile(values: readonly number[], fraction: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))];
  return value === undefined ? '–' : value.toFixed(1);
}
