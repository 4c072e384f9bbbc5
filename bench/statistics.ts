/** What is said of a few measurements. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}

/** From the least to the most, as a share of the median. */
export function spreadOf(values: readonly number[]): number | undefined {
  const middle = median(values);
  return middle && (Math.max(...values) - Math.min(...values)) / middle;
}
