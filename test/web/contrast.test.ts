/** Text can be read on what it stands on: WCAG's 4.5 to 1, light and dark. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const file = path.join(import.meta.dirname, '../../web/src/style/tokens.css');
const css = readFileSync(file, 'utf8');

const pairs = [
  ...['ink', 'faint', 'water'].flatMap((text) =>
    ['paper', 'side', 'raised', 'sunken', 'water-soft'].map((under) => [text, under] as const),
  ),
  ['ink', 'bubble'],
  ['on-water', 'water'],
  ['bad', 'bad-soft'],
  ['faint', 'bad-soft'],
] as const;

function colour(name: string, theme: 'light' | 'dark'): string {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  return found?.[theme === 'light' ? 1 : 2] as string;
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test.each(['light', 'dark'] as const)('contrast, %s', (theme) => {
  const poor = pairs.flatMap(([text, under]) => {
    const [a, b] = [luminance(colour(text, theme)), luminance(colour(under, theme))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio >= 4.5 ? [] : [`${text} on ${under}: ${ratio.toFixed(2)}`];
  });
  expect(poor).toEqual([]);
});
