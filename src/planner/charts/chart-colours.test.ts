/** Charts can be read: WCAG's 4.5 to 1 for texts, 3 to 1 for marks, light and dark. */
import { expect, test } from 'vitest';
import { chartColours } from './chart-colours-table.ts';
import { fileStyle, pageStyle } from './chart-style.ts';

/** The page's paper and its raised sheets, as in web/src/style/tokens.css; white and GitHub's dark. */
const papers = [
  ['#faf8f3', '#ffffff'],
  ['#14191c', '#1c2327', '#0d1117'],
] as const;

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test.each(['light', 'dark'] as const)('contrast, %s', (theme) => {
  const index = theme === 'light' ? 0 : 1;
  const poor = Object.entries(chartColours).flatMap(([name, pair]) => {
    if (name === 'paper') return [];
    const needed = /ink|quiet|limit/.test(name) ? 4.5 : 3;
    return papers[index].flatMap((paper) => {
      const [a, b] = [luminance(pair[index]), luminance(paper)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return ratio >= needed ? [] : [`${name} on ${paper}: ${ratio.toFixed(2)}`];
    });
  });
  expect(poor).toEqual([]);
});

test('both sheets have every colour, and every one that the rules name', () => {
  for (const sheet of [fileStyle, pageStyle]) {
    for (const name of Object.keys(chartColours)) expect(sheet).toContain(`--chart-${name}:`);
    const named = [...sheet.matchAll(/var\(--chart-(\w+)\)/g)].map(([, name]) => name as string);
    expect(named.filter((name) => !Object.hasOwn(chartColours, name))).toEqual([]);
  }
});
