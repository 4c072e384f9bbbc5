/**
 * What one chip costs for one hour, as published. Dated defaults: a user's own price comes first.
 * The Chinese prices are of a pool that warns that many such prices online are invented; they are
 * grade C. For the H20, 910C, 950, K100_AI and TX81 no price was found. Prices of cards to buy are
 * not here: an hour's share of them would need a lifetime that nobody published.
 */
import { figuresFrom, type MakeFigure } from './figure-from.ts';
import type { Price } from './market.ts';

const tco = figuresFrom('IXC', '2026-04', 'A');
const tcoPlaceholder = figuresFrom('IXC', '2026-04', 'C');
const runpod = figuresFrom('RUNPOD', '2026-03', 'C');
const pool = figuresFrom('CMIS', '2026-07-15', 'C');

/** Full cost: owned by a hyperscaler, owned by a smaller cloud, rented for three years. */
function owned(
  chip: string,
  hyperscaler: number,
  neocloud: number,
  rental: number,
  figure: MakeFigure = tco,
  note?: string,
): Price[] {
  const price = (kind: Price['kind'], place: string, perHour: number): Price => ({
    chip,
    region: 'global',
    currency: 'USD',
    kind,
    place,
    perHour: figure(perHour, note),
  });
  return [
    price('ownership', 'a hyperscaler', hyperscaler),
    price('ownership', 'a smaller cloud', neocloud),
    price('rental', 'three years', rental),
  ];
}

function onRunpod(chip: string, spot: number, onDemand: number): Price[] {
  const price = (kind: Price['kind'], perHour: number): Price => ({
    chip,
    region: 'global',
    currency: 'USD',
    kind,
    place: 'RunPod',
    perHour: runpod(perHour),
  });
  return [price('spot', spot), price('on-demand', onDemand)];
}

function inChina(
  chip: string,
  kind: Price['kind'],
  place: string,
  perHour: number,
  note?: string,
): Price {
  return { chip, region: 'cn', currency: 'CNY', kind, place, perHour: pool(perHour, note) };
}

/** Hours of a mean month. */
const month = 730;
const survey910b = '8,500 to 9,500 a month, listed as "910B": which bin is not said';

export const pricesTable: readonly Price[] = [
  ...owned('h100', 1.3, 1.69, 1.3),
  ...owned('h200', 1.41, 1.74, 1.6),
  ...owned('b200', 1.95, 2.34, 2.9),
  ...owned('b300', 2.34, 2.808, 3.48, tcoPlaceholder, "a placeholder: 1.2 times the B200's"),
  ...owned('gb200', 2.21, 2.75, 3.3),
  ...owned('gb300', 2.652, 3.3, 3.96, tcoPlaceholder, "a placeholder: 1.2 times the GB200's"),
  ...owned('mi300x', 1.12, 1.4, 1.55),
  ...owned('mi325x', 1.28, 1.59, 1.8),
  ...owned('mi355x', 1.48, 1.9, 2.1),
  ...onRunpod('rtx-4090', 0.34, 0.6),
  ...onRunpod('l40s', 0.79, 1.4),
  ...onRunpod('a100', 1.39, 2.45),
  ...onRunpod('h100', 2.69, 4.76),
  ...onRunpod('h200', 3.59, 6.35),
  ...onRunpod('b200', 5.98, 10.57),
  {
    chip: 'h100',
    region: 'global',
    currency: 'USD',
    kind: 'on-demand',
    place: 'median of the market',
    perHour: figuresFrom('AIMULT', '2026-05-20', 'B')(2.95, 'about'),
  },
  {
    chip: 'h800',
    region: 'cn',
    currency: 'USD',
    kind: 'assumed',
    place: 'DeepSeek',
    perHour: figuresFrom('DS', '2025-02', 'A')(2, 'what DeepSeek assumed for its own fleet'),
  },
  inChina('hygon-bw1000', 'on-demand', 'Gitee Moark', 3),
  inChina('mt-s5000', 'on-demand', 'Gitee Moark', 8),
  inChina('enflame-s60', 'on-demand', 'Gitee Moark', 2),
  inChina('ascend-910b4-1', 'on-demand', 'Gitee Moark', 4, '3 to 4; its "910B" is the 280T bin'),
  inChina('iluvatar-bi-v150', 'on-demand', 'Gitee Moark', 3),
  inChina('iluvatar-mr-v100', 'on-demand', 'Gitee Moark', 2),
  inChina('mt-s4000', 'on-demand', 'Shengsuanyun', 1.69, 'of the prices that the pool doubts'),
  inChina('ascend-910b2', 'rental', 'a survey in Xiamen', 9500 / month, survey910b),
  inChina('ascend-910b3', 'rental', 'a survey in Xiamen', 9500 / month, survey910b),
  inChina(
    'cambricon-mlu590',
    'rental',
    'a survey in Xiamen',
    8000 / month,
    '7,000 to 8,000 a month; of the prices that the pool doubts',
  ),
];
