/** A small plot of a few dozen numbers, from zero to their greatest, without axes. */
interface SparklineProps {
  readonly values: readonly number[];
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

export function Sparkline({ values, label, width = 72, height = 18 }: SparklineProps) {
  if (values.length < 2) return null;
  const line = points(values, width, height);
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path class="area" d={`M0 ${height}L${line}L${width} ${height}z`} />
      <path d={`M${line}`} />
    </svg>
  );
}

function points(values: readonly number[], width: number, height: number): string {
  const top = Math.max(...values, 1);
  const step = width / (values.length - 1);
  return values
    .map((value, i) => {
      const y = height - 1 - (value / top) * (height - 2);
      return `${(i * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('L');
}
