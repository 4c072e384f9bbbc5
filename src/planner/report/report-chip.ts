/** The report on one deployment: its chip's figures with their sources, its roofline, its time. */
import { rooflineChart } from '../charts/roofline-chart.ts';
import { shareBar } from '../charts/share-bar.ts';
import { element, type SvgElement, type SvgNode } from '../charts/svg-element.ts';
import type { Chip, RateType } from '../facts/chip.ts';
import type { Figure } from '../facts/figure.ts';
import type { PlanRow } from '../plan-answer.ts';
import {
  cell,
  facts,
  figureCells,
  number,
  type SourceAddress,
  sourceLink,
  table,
} from './report-text.ts';

export function chipSection(
  row: PlanRow,
  chip: Chip | undefined,
  address: SourceAddress,
): SvgElement {
  const { prediction } = row;
  const charts = [
    chip && rooflineChart(chip, { work: prediction.work, width: 560, height: 320 }),
    shareBar(prediction.parts, { width: 420 }),
  ];
  return element('section', { class: 'chip' }, [
    element('h3', {}, [`${row.chipName}, ${prediction.engine} ${prediction.precision}`]),
    deployment(row, address),
    element('div', { class: 'charts' }, charts),
    chip && figuresTable(chip, address),
    exportsList(row, address),
  ]);
}

function deployment(row: PlanRow, address: SourceAddress): SvgElement {
  const { prediction, cost } = row;
  const { weightBytes, kvBytes, reservedBytes, totalBytes } = prediction.memory;
  const gb = (bytes: number) => `${number(bytes / 1e9)} GB`;
  const pairs: (readonly [string, SvgNode])[] = [
    [
      'Layout',
      `${prediction.layout} on ${number(prediction.chips)} chips, ${number(row.replicas)} times`,
    ],
    [
      'Load',
      `carries ${number(row.capacity)} requests/s, ${number(100 * row.utilisation)} % of it asked for; ${number(prediction.running)} at once`,
    ],
    [
      'Memory of a chip',
      `${gb(weightBytes)} weights, ${gb(kvBytes)} KV cache, ${gb(reservedBytes)} reserved, of ${gb(totalBytes)}`,
    ],
    ['Error bar', prediction.basis],
    ['Rests on', sourceList(prediction.sources, address)],
  ];
  if (cost !== undefined) {
    const whose =
      cost.priceGrade === 'yours'
        ? 'your price'
        : `${cost.priceSource}, ${cost.priceDate}, grade ${cost.priceGrade}`;
    pairs.push(['Price of a chip', `${number(cost.chipHour)} ${cost.currency} an hour (${whose})`]);
  }
  return facts(pairs);
}

function sourceList(tags: readonly string[], address: SourceAddress): SvgElement {
  const links = tags.flatMap((tag, i) => [...(i > 0 ? [', '] : []), sourceLink(tag, address)]);
  return element('span', {}, links.length === 0 ? ['–'] : links);
}

/** A figure's name, the figure (absent: not published; none: the chip lacks it) and its unit. */
export type NamedFigure = readonly [
  name: string,
  figure: Figure | 'none' | undefined,
  unit: string,
];

/** Every figure there is of a chip, in the order of their weight. */
export function chipFigures(chip: Chip): NamedFigure[] {
  const rates = (['bf16', 'fp8', 'int8', 'fp4'] as const satisfies RateType[]).map(
    (type) => [type.toUpperCase(), chip.rates[type], 'Tops'] as const,
  );
  return [
    ...rates,
    ['Memory', chip.memoryGb, 'GB'],
    ['Bandwidth', chip.bandwidthGbs, 'GB/s'],
    [scaleUpName(chip), chip.scaleUp?.gbs, 'GB/s'],
    [chip.scaleOut?.name ?? 'Scale-out', chip.scaleOut?.gbs, 'GB/s'],
    ['Power', chip.watts, 'W'],
    ['Power with its share of the room', chip.allInWatts, 'W'],
  ];
}

function scaleUpName({ scaleUp }: Chip): string {
  return scaleUp === undefined ? 'Scale-up' : `${scaleUp.name}, ${scaleUp.domain} chips`;
}

function figuresTable(chip: Chip, address: SourceAddress): SvgElement {
  const rows = chipFigures(chip).map(([name, figure, unit]) => {
    const known =
      figure === undefined || figure === 'none'
        ? [element('td', { class: 'quiet', colspan: '5' }, [figure ?? 'not published'])]
        : figureCells(figure, unit, address);
    return element('tr', {}, [cell(name), ...known]);
  });
  return table(['Figure', 'Value', 'Grade', 'Source', 'Date', 'Note'], rows);
}

function exportsList({ exports }: PlanRow, address: SourceAddress): SvgElement | undefined {
  if (exports.length === 0) return undefined;
  const rows = exports.map(({ region, status, asOf, grade, source, note }) =>
    element('tr', {}, [
      ...[cell(region), cell(status), cell(asOf), cell(grade), cell(note)],
      element('td', {}, [sourceLink(source, address)]),
    ]),
  );
  return element('div', {}, [
    element('h4', {}, ['Export, as reported; never used to rank']),
    table(['Region', 'Status', 'As of', 'Grade', 'Note', 'Source'], rows),
  ]);
}
