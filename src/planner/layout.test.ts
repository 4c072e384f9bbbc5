import { expect, test } from 'vitest';
import { chipsOfLayout, layoutText, parseLayout } from './layout.ts';

test.each([
  ['tp8', 'tp8', 8],
  ['TP8 DP1 ETP8 EP1', 'tp8', 8],
  ['tp1, dp8, ep8', 'dp8ep8', 8],
  ['ep72', 'dp72ep72', 72],
  ['tp8ep8', 'tp8ep8', 8],
  ['tp4pp2', 'tp4pp2', 8],
  ['tp2dp4ep8x3', 'tp2dp4ep8x3', 24],
  ['2x(tp8)', 'tp8x2', 16],
  ['tp1', 'tp1', 1],
  ['prefill:ep32x2,decode:ep72', 'prefill:dp32ep32x2,decode:dp72ep72', 136],
  ['P:1x(tp1dp4ep4) D:2x(tp1dp8ep8)'.replace(' D', ',D'), 'prefill:dp4ep4,decode:dp8ep8x2', 20],
])('%s is %s on %d chips', (text, canonical, chips) => {
  const layout = parseLayout(text);
  expect(layoutText(layout)).toBe(canonical);
  expect(chipsOfLayout(layout)).toBe(chips);
  expect(parseLayout(layoutText(layout))).toEqual(layout);
});

test.each([
  ['', 'such as tp8'],
  ['eight', 'tp, pp, dp and ep'],
  ['tp', 'tp, pp, dp and ep'],
  ['tp0', 'sizes from 1'],
  ['tp99999', 'sizes from 1 to 4096'],
  ['tp8tp4', 'tp once'],
  ['tp6ep4', 'divides the 6 chips'],
  ['2xtp8x2', 'such as tp8'],
  ['prefill:tp8', 'such as tp8'],
  ['tp8'.repeat(100), 'at most 200 characters'],
])('%s is refused: %s', (text, expected) => {
  expect(() => parseLayout(text)).toThrow(expected);
});
