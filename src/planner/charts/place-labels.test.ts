import { expect, test } from 'vitest';
import { mulberry32 } from '../../base/mulberry32.ts';
import { overlaps, type PlacedLabel, placeLabels } from './place-labels.ts';

const bounds = { left: 0, top: 0, right: 760, bottom: 460 };

function cloud(count: number, spread: number, seed: number) {
  const random = mulberry32(seed);
  return Array.from({ length: count }, (_, i) => ({
    x: 380 + spread * 360 * (2 * random() - 1),
    y: 230 + spread * 210 * (2 * random() - 1),
    text: `Ascend 910B${i}`,
  }));
}

test.each([
  [12, 1],
  [40, 1],
  [45, 0.25],
  [40, 0.02],
])('%d labels over a cloud of spread %d: all there, inside, none over another', (count, spread) => {
  const points = cloud(count, spread, 7);
  const labels = placeLabels(points, { bounds }) as PlacedLabel[];
  expect(labels.filter((label) => label === undefined)).toEqual([]);
  for (const [i, label] of labels.entries()) {
    expect(label.left).toBeGreaterThanOrEqual(bounds.left);
    expect(label.right).toBeLessThanOrEqual(bounds.right);
    expect(label.top).toBeGreaterThanOrEqual(bounds.top);
    expect(label.bottom).toBeLessThanOrEqual(bounds.bottom);
    expect(labels.slice(0, i).filter((other) => overlaps(label, other))).toEqual([]);
    const marks = points.map(({ x, y }) => ({ left: x, right: x, top: y, bottom: y }));
    expect(marks.filter((mark) => overlaps(mark, label))).toEqual([]);
  }
});

test('one alone stands right beside its point', () => {
  const [label] = placeLabels([{ x: 100, y: 100, text: 'H20' }], { bounds });
  expect(label).toMatchObject({ isFar: false });
  expect(label?.x).toBeGreaterThan(100);
  expect(label?.x).toBeLessThan(112);
});

test('what is taken stays free, and where nothing is free there is no label', () => {
  const point = { x: 100, y: 100, text: 'H20' };
  const right = { left: 101, right: 760, top: 0, bottom: 460 };
  expect(placeLabels([point], { bounds, taken: [right] })[0]?.right).toBeLessThanOrEqual(101);
  expect(placeLabels([point], { bounds, taken: [bounds] })).toEqual([undefined]);
});

test('in a crowd the first have their names, and nobody stands further away than wanted', () => {
  const crowd = cloud(60, 0.05, 3).map((point, i) => ({ ...point, isFirst: i >= 55 }));
  const labels = placeLabels(crowd, { bounds, farthest: 44 });
  expect(labels.slice(55)).not.toContain(undefined);
  expect(labels).toContain(undefined);
  for (const [i, label] of labels.entries()) {
    if (label === undefined) continue;
    const { x, y } = crowd[i] as (typeof crowd)[number];
    const across = Math.max(label.left - x, x - label.right, 0);
    const up = Math.max(label.top - y, y - label.bottom, 0);
    expect(Math.hypot(across, up)).toBeLessThan(45);
  }
});
