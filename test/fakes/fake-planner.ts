/**
 * A planner over chips that do not exist, with arithmetic that fits on a page: charts, the report and
 * the plan page's parts are tested on it, so that a new figure of a real chip never moves them.
 */
import type { Chip } from '../../src/planner/facts/chip.ts';
import type { Figure, Grade } from '../../src/planner/facts/figure.ts';
import type { Currency, ExportStatus, Price, Region } from '../../src/planner/facts/market.ts';
import type { Plan, PlanQuestion, PlanRow, RefusedRow } from '../../src/planner/plan-answer.ts';
import type { Measures, Prediction } from '../../src/planner/prediction.ts';

const date = '2026-01-02';
const figure = (value: number, grade: Grade = 'A', note?: string): Figure => ({
  ...{ value, grade, source: grade === 'A' ? 'SHEET' : 'PRESS', date },
  ...(note !== undefined && { note }),
});

export const fakeSources = [
  { tag: 'SHEET', title: 'Data sheets of chips & more', address: 'https://example.com/sheets' },
  { tag: 'PRESS', title: 'Press <unverified>', address: 'https://example.com/press?a=1&b=2' },
  { tag: 'BOOK', title: 'A book', address: 'on paper' },
];

/** Name, maker, tera-operations, memory, bandwidth, price. */
type Row = readonly [string, string, number, number, number, number | undefined, Grade?];
const rows: readonly Row[] = [
  ['Alder 1', 'Nvidia', 1000, 80, 3300, 2],
  ['Alder 2', 'Nvidia', 2200, 180, 7700, 4],
  ['Alder 20', 'Nvidia', 150, 96, 4000, 1.2],
  ['Birch 300', 'AMD', 1300, 192, 5300, 1.6],
  ['Birch 355', 'AMD', 2500, 288, 8000, 2.1],
  ['Cedar 910', 'Huawei', 300, 64, 1600, 0.6, 'B'],
  ['Cedar 910C', 'Huawei', 700, 128, 3200, undefined],
  ['Cedar 950', 'Huawei', 430, 144, 4000, undefined, 'C'],
  ['Damson K', 'Hygon', 190, 64, 900, 0.45, 'B'],
  ['Elm S6', 'Enflame', 120, 48, 670, 0.3, 'C'],
  ['Elm L6', 'Enflame', 400, 144, 3600, undefined, 'C'],
  ['Fir 81', 'Tsingmicro', 256, 64, 1500, undefined, 'C'],
  ['Gorse 5000', 'Moore Threads', 500, 80, 1600, 1.1, 'B'],
  ['Hazel 800', 'Kunlunxin', 350, 96, 2700, undefined, 'C'],
];

const perDollar = 10;
const idOf = (name: string) => name.toLowerCase().replace(/\W+/g, '-');

export const fakeChips: readonly Chip[] = [
  ...rows.map(
    ([name, vendor, rate, memory, bandwidth, , grade = 'A']): Chip => ({
      ...{ id: idOf(name), name, vendor, family: 'nvidia-hopper', aliases: [] },
      rates: { bf16: figure(rate / 2, grade), fp8: figure(rate, grade), int8: figure(rate, grade) },
      memoryGb: figure(memory, grade),
      bandwidthGbs: figure(bandwidth, grade, 'measured by "others" & us'),
      scaleUp: { gbs: figure(400, grade), domain: 8, name: 'Link' },
      ...{ chipsPerNode: 8, watts: figure(700, 'B'), stacks: ['CUDA'] },
      notes: ['A chip of a test.'],
    }),
  ),
  {
    ...{ id: 'ivy', name: 'Ivy <b>1</b>', vendor: 'Ivy & Sons', family: 'iluvatar', aliases: [] },
    ...{ rates: { fp8: 'none' }, chipsPerNode: 8, stacks: [], notes: [] },
  },
];

const fakePrices: readonly Price[] = rows.flatMap(([name, , , , , price, grade = 'A']) =>
  price === undefined
    ? []
    : [
        {
          ...({ chip: idOf(name), region: 'global', currency: 'USD', kind: 'rental' } as const),
          ...{ place: 'a market', perHour: figure(price, grade) },
        },
      ],
);

/** As default-price.ts chooses it; ten of any currency are one dollar. */
function fakeDefaultPrice({ id }: Pick<Chip, 'id'>, _: Region, currency: Currency) {
  const price = fakePrices.find(({ chip }) => chip === id);
  if (price === undefined) return undefined;
  const { value, grade, source } = price.perHour;
  const perHour = value * (currency === 'USD' ? 1 : perDollar);
  return { price, perHour, currency, grade, sources: [source] };
}

const fakeExports: readonly ExportStatus[] = [
  {
    ...({ chip: 'alder-1', region: 'cn', status: 'barred', asOf: '2025-10-01' } as const),
    ...({ grade: 'B', source: 'PRESS', note: 'Since a rule of October.' } as const),
  },
];

const fakeModels = [
  {
    id: 'deepseek-r1',
    name: 'DeepSeek-R1',
    billions: 37,
    bytes: 671e9,
    mtp: true,
    maxTokens: 163840,
  },
  {
    id: 'v2-lite',
    name: 'DeepSeek-V2-Lite',
    billions: 2.4,
    bytes: 15.7e9,
    mtp: false,
    maxTokens: 32768,
  },
] as const;

export function fakePlan(question: PlanQuestion, chips = fakeChips): Plan {
  const model = fakeModels.find(({ id }) => id === question.model);
  if (model === undefined) throw new Error('unknown model');
  const answers = chips.map((chip) => rowOf(chip, question, model));
  const isRow = (row: PlanRow | RefusedRow): row is PlanRow => 'prediction' in row;
  const cost = ({ cost, chips }: PlanRow) => cost?.perHour ?? 1e9 + chips;
  return {
    question,
    rows: answers.filter(isRow).sort((a, b) => cost(a) - cost(b)),
    refused: answers.filter((row) => !isRow(row)) as RefusedRow[],
    search: { layouts: 420, exhaustive: true, note: 'Every layout was looked at.' },
    sources: fakeSources,
  };
}

type Model = (typeof fakeModels)[number];

function rowOf(chip: Chip, question: PlanQuestion, model: Model): PlanRow | RefusedRow {
  const { id, name: chipName, vendor, memoryGb, bandwidthGbs } = chip;
  const rate = chip.rates.fp8;
  const who = { chip: id, chipName, vendor };
  if (rate === undefined || rate === 'none' || !memoryGb || !bandwidthGbs) {
    return { ...who, reason: 'No memory of this chip is published.', nearest: 'Alder 1 & others' };
  }
  const perLayout = 2 ** Math.ceil(Math.log2((1.2 * model.bytes) / (memoryGb.value * 1e9)));
  const bytesPerChip = model.bytes / perLayout;
  const tpotMs = (1500 * bytesPerChip) / (bandwidthGbs.value * 1e9) + 12;
  const { inTokens, outTokens } = question;
  const ttftMs =
    (2 * model.billions * 1e9 * inTokens * 1000) / (rate.value * 1e12 * perLayout) + 40;
  if (tpotMs > (question.tpotMs ?? Infinity) || ttftMs > (question.ttftMs ?? Infinity)) {
    return { ...who, reason: `Takes ${tpotMs.toFixed(1)} ms for a token.` };
  }
  const speed = (0.2 * bandwidthGbs.value) / model.billions;
  const wanted = ((question.rate ?? 1) * outTokens) / speed;
  const replicas = Math.max(1, Math.ceil(wanted / perLayout));
  const chips = replicas * perLayout;
  const measures = { ttftMs, tpotMs, inputTokensPerSecondPerChip: 8 * speed };
  const prediction = predictionOf(chip, model, {
    ...measures,
    outputTokensPerSecondPerChip: speed,
  });
  const price = priceOf(id, question);
  const perHour = price && price.amount * chips;
  const million = perHour && (perHour / 3600 / ((question.rate ?? 1) * outTokens)) * 1e6;
  return {
    ...{ prediction, chipName, vendor, chips, replicas, capacity: (chips * speed) / outTokens },
    utilisation: Math.min(1, wanted / chips),
    ...(price &&
      million !== undefined &&
      perHour !== undefined && {
        cost: {
          ...{ currency: price.currency, perHour, chipHour: price.amount },
          ...{ perMillionInput: million / 20, perMillionOutput: million * 0.7 },
          perMillionOutputAll: million,
          ...{ priceSource: price.source, priceDate: date, priceGrade: price.grade },
        },
      }),
    kilowatts: (0.7 * chips * 1.4) / 1,
    exports: fakeExports.filter((status) => status.chip === id),
    notes: [],
  };
}

function priceOf(id: string, { prices, currency = 'USD' }: PlanQuestion) {
  const own = prices?.[id];
  if (own) return { ...own, source: 'you', grade: 'yours' as const };
  const found = fakeDefaultPrice({ id }, 'global', currency);
  return found && { amount: found.perHour, currency, source: 'PRESS', grade: found.grade };
}

function predictionOf(chip: Chip, model: Model, measures: Measures): Prediction {
  const times = (factor: number): Measures => ({
    ttftMs: measures.ttftMs * factor,
    tpotMs: measures.tpotMs * factor,
    inputTokensPerSecondPerChip: measures.inputTokensPerSecondPerChip * factor,
    outputTokensPerSecondPerChip: measures.outputTokensPerSecondPerChip * factor,
  });
  const grade = (chip.rates.bf16 as Figure).grade;
  const spread = { A: 1.2, B: 1.5, C: 2 }[grade];
  const memory = (chip.memoryGb as Figure).value * 1e9;
  return {
    ...measures,
    ...{ model: model.id, chip: chip.id, chips: 8, engine: 'sglang', precision: 'fp8' },
    ...{ layout: 'tp8', concurrency: 64, low: times(1 / spread), high: times(spread) },
    ...{ limit: 'memory', prefillLimit: 'compute', grade, requestsPerSecond: 3, running: 64 },
    basis: '7 published results on <this> family & others.',
    memory: {
      ...{ weightBytes: 0.6 * memory, kvBytes: 0.2 * memory, reservedBytes: 0.1 * memory },
      totalBytes: memory,
    },
    parts: {
      prefill: { products: 5, attention: 2, experts: 8, collectives: 1, overhead: 0.05 },
      decode: { products: 0.01, attention: 0.02, experts: 0.03, collectives: 0.005, overhead: 0 },
    },
    promptShare: 0.3,
    work: {
      prefill: { operations: 4e13, bytes: 1e11, seconds: 0.1 },
      decode: { operations: 1e12, bytes: 6e10, seconds: 0.03 },
    },
    ...{ sources: ['SHEET', 'PRESS'], notes: ['Prompts come evenly.'] },
  };
}
