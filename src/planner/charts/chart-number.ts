/** Numbers as short as a chart's reader needs them: three digits, thousands as k, millions as M. */
const units = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

export function chartNumber(value: number): string {
  if (!Number.isFinite(value)) return '?';
  // 999.6 is 1k, not 1,000.
  const rounded = Number(value.toPrecision(3));
  if (rounded !== 0 && Math.abs(rounded) < 1e-4) return rounded.toExponential();
  const [size, sign] = units.find(([unit]) => Math.abs(rounded) >= unit) ?? [1, ''];
  return `${String(Number((rounded / size).toPrecision(3)))}${sign}`;
}

export function percent(share: number): string {
  const value = 100 * share;
  return `${value > 0 && value < 1 ? '<1' : Math.round(value)} %`;
}
