import { expect, test } from 'vitest';
import { chipsTable } from './facts/chips-table.ts';
import { modelsTable } from './facts/models-table.ts';
import { type Plan, type PlanQuestion, plan, predict } from './plan.ts';

const load = { model: 'deepseek-r1', inTokens: 2000, outTokens: 800 };
const limits = { ttftMs: 2000, tpotMs: 50 };
const example: PlanQuestion = { ...load, ...limits, rate: 20 };
const answer = plan(example);
const onH20 = {
  ...{ ...load, ...limits },
  chips: [{ chip: 'h20' }],
  engine: 'sglang',
  precision: 'fp8',
};
const fewest = (question: PlanQuestion) => plan(question).rows[0]?.chips ?? Number.NaN;

test('R1 at 20 requests/s: every row carries the load within the limits, with a tenth to spare', () => {
  const { rows, refused } = answer;
  expect(rows.length).toBeGreaterThan(15);
  for (const row of rows) {
    expect(row.prediction.ttftMs).toBeLessThanOrEqual(2000);
    expect(row.prediction.tpotMs).toBeLessThanOrEqual(50);
    expect(row.capacity * 0.9).toBeGreaterThanOrEqual(20 * (1 - 1e-6));
    const carried = row.prediction.requestsPerSecond * row.replicas;
    expect(carried).toBeGreaterThanOrEqual(20 * (1 - 1e-6));
    expect(row.utilisation).toBeCloseTo(20 / row.capacity, 9);
    expect(row.chips).toBe(row.prediction.chips * row.replicas);
  }
  // One answer for each chip, and a reason for each that has none.
  const answered = [
    ...rows.map(({ prediction }) => prediction.chip),
    ...refused.map((r) => r.chip),
  ];
  expect(answered.sort()).toEqual(chipsTable.map(({ id }) => id).sort());
});

test('cheapest first; what has no price comes last, fewest chips first', () => {
  const { rows } = answer;
  const priced = rows.filter(({ cost }) => cost !== undefined);
  expect(rows.slice(0, priced.length)).toEqual(priced);
  const costs = priced.map(({ cost }) => cost?.perHour as number);
  expect(costs).toEqual([...costs].sort((a, b) => a - b));
  const rest = rows.slice(priced.length).map(({ chips }) => chips);
  expect(rest.length).toBeGreaterThan(0);
  expect(rest).toEqual([...rest].sort((a, b) => a - b));
});

test('a row says what predict says of its layout', () => {
  for (const { prediction } of answer.rows) {
    const { chip, chips, engine, precision, layout, concurrency } = prediction;
    const asked = { ...load, chips: `${chip}:${chips}`, engine, precision, layout, concurrency };
    expect(predict(asked)).toEqual(prediction);
  }
});

test('the sources of all that is shown are listed', () => {
  const { rows, sources } = answer;
  const tags = new Set(sources.map(({ tag }) => tag));
  for (const { prediction, cost, exports } of rows) {
    for (const tag of prediction.sources) expect(tags).toContain(tag);
    if (cost) expect(tags).toContain(cost.priceSource);
    for (const { source } of exports) expect(tags).toContain(source);
  }
});

test('double the rate never takes fewer chips, and no more than double', () => {
  let before = fewest({ ...onH20, rate: 0.5 });
  for (let rate = 1; rate <= 2048; rate *= 2) {
    const chips = fewest({ ...onH20, rate });
    expect(chips).toBeGreaterThanOrEqual(before);
    expect(chips).toBeLessThanOrEqual(2 * before);
    before = chips;
  }
});

test('looser limits never cost more', () => {
  const ttfts = [900, 2000, 10_000];
  const chips = [25, 35, 50, 200].map((tpotMs) =>
    ttfts.map((ttftMs) => fewest({ ...onH20, ttftMs, tpotMs, rate: 40 })),
  );
  for (const row of chips) expect(row).toEqual([...row].sort((a, b) => b - a));
  for (const column of ttfts.keys()) {
    const found = chips.map((row) => row[column] as number);
    expect(found).toEqual([...found].sort((a, b) => b - a));
  }
  expect(chips.at(0)?.at(0)).toBeGreaterThan(chips.at(-1)?.at(-1) as number);
});

test('more found in the cache never costs more; longer prompts and replies never less', () => {
  const chipsOf = (more: Partial<PlanQuestion>) => fewest({ ...onH20, rate: 40, ...more });
  expect(chipsOf({ cacheHit: 0.5 })).toBeLessThanOrEqual(chipsOf({}));
  expect(chipsOf({ inTokens: 4000 })).toBeGreaterThanOrEqual(chipsOf({}));
  expect(chipsOf({ outTokens: 1600 })).toBeGreaterThanOrEqual(chipsOf({}));
});

test('a longer prompt never has a lower TTFT on the same chips', () => {
  let before = 0;
  for (const inTokens of [100, 500, 2000, 8000, 32_000]) {
    const { ttftMs } = predict({
      ...{ ...load, inTokens },
      chips: 'h20:16',
      engine: 'sglang',
      precision: 'fp8',
      layout: 'tp8x2',
      concurrency: 16,
    });
    expect(ttftMs).toBeGreaterThan(before);
    before = ttftMs;
  }
});

test("DeepSeek's own day: 168 billion tokens out, 608 in, on 1,814 H800 at 2 dollars an hour", () => {
  // [DS]: 56.3 % found in the cache, 20 to 22 tokens a second to a user, $0.518 a million out.
  const row = plan({
    model: 'deepseek-r1',
    inTokens: 3619,
    outTokens: 1000,
    rate: 168e9 / 1000 / 86_400,
    cacheHit: 0.563,
    tpotMs: 50,
    chips: [{ chip: 'h800' }],
    engine: 'deepseek',
    precision: 'fp8',
    region: 'cn',
    currency: 'USD',
  }).rows[0];
  expect(row?.cost?.chipHour).toBe(2);
  expect(row?.cost?.perMillionOutputAll).toBeGreaterThan(0.518 / 3);
  expect(row?.cost?.perMillionOutputAll).toBeLessThan(0.518 * 3);
});

test('chips with a count carry so much; that much takes so many', () => {
  for (const chip of ['h20', 'ascend-910b3', 'mi300x']) {
    const chips = [{ chip, count: 64 }];
    const { rows } = plan({ ...load, ...limits, chips });
    for (const row of rows) {
      expect(row.chips).toBeLessThanOrEqual(64);
      expect(row.utilisation).toBeCloseTo(0.9, 9);
    }
    const carried = 0.9 * Math.max(...rows.map(({ capacity }) => capacity));
    expect(carried).toBeGreaterThan(0);
    expect(fewest({ ...load, ...limits, chips, rate: carried * 0.999 })).toBeLessThanOrEqual(64);
    const more = plan({ ...load, ...limits, chips, rate: carried * 1.01 });
    expect(more.rows).toEqual([]);
    expect(more.refused[0]?.reason).toMatch(/^64 chips carry [\d.]+ requests a second at most$/);
    expect(more.refused[0]?.nearest).toMatch(/requests a second take \d+ chips/);
  }
});

test('a budget buys chips: as many for as much as with their count', () => {
  const prices = { h20: { amount: 1.5, currency: 'USD' as const } };
  const bought = plan({ ...load, ...limits, chips: [{ chip: 'h20' }], prices, budgetPerHour: 50 });
  const counted = plan({ ...load, ...limits, chips: [{ chip: 'h20', count: 33 }], prices });
  expect(bought.rows).toEqual(counted.rows);
  for (const { cost } of bought.rows) expect(cost?.perHour).toBeLessThanOrEqual(50);
  const short = plan({ ...onH20, rate: 1000, prices, budgetPerHour: 50 }).refused[0];
  expect(short?.reason).toMatch(/^the budget buys 33: 33 chips carry/);
  const poor = plan({ ...example, budgetPerHour: 0.01 });
  expect(poor.rows).toEqual([]);
  expect(poor.refused.find(({ chip }) => chip === 'h100')?.reason).toContain(
    'more than the budget',
  );
  expect(poor.refused.find(({ chip }) => chip === 'h20')?.reason).toContain('no price is known');
});

test('the few chips that are compared show each engine and precision, together and apart', () => {
  const { rows } = plan({ ...example, chips: [{ chip: 'h20' }, { chip: '910c' }] });
  const ways = rows.map(({ prediction: { chip, engine, precision, layout } }) =>
    [chip, engine, precision, layout.startsWith('prefill:')].join(),
  );
  expect(new Set(ways).size).toBe(ways.length);
  for (const way of [
    'h20,sglang,fp8,false',
    'h20,sglang,fp8,true',
    'ascend-910c,mindie,int8,false',
  ]) {
    expect(ways).toContain(way);
  }
});

test.each([
  ['tx81', 'no engine is published to serve it there', 'deepseek-v4-flash'],
  ['s60', 'no published figure for bf16 rate', undefined],
  ['910b1', 'no published figure for', 'Huawei'],
  ['l600', 'no engine is published to serve it there', undefined],
])('%s is refused: %s', (chip, reason, nearest) => {
  const { rows, refused } = plan({
    ...example,
    chips: [{ chip }, { chip: 'h20' }, { chip: '910b3' }, { chip: '910c' }],
  });
  expect(rows.length).toBe(3);
  expect(refused.length).toBe(1);
  expect(refused[0]?.reason).toContain(reason);
  if (nearest) expect(refused[0]?.nearest).toContain(nearest);
});

test.each<[string, Partial<PlanQuestion>, RegExp, RegExp]>([
  ['no FP8', { chips: [{ chip: '910b3' }], precision: 'fp8' }, /has no FP8/, /int8/],
  [
    'another engine',
    { chips: [{ chip: 'h20' }], engine: 'mindie' },
    /MindIE is not published to serve it there/,
    /DeepSeek-R1 runs there as/,
  ],
  [
    'weights',
    { chips: [{ chip: 'h100', count: 4 }], precision: 'fp8' },
    /do not fit 4 chips: \d+ GB are needed on each, and it has 86/,
    /20 requests a second take \d+ chips/,
  ],
  [
    'TTFT',
    { chips: [{ chip: 'h20' }], ttftMs: 20 },
    /^TTFT is \d+ ms at best \((compute|memory|interconnect|overhead)\)$/,
    /One request at a time has a TTFT of \d+ ms/,
  ],
  ['TPOT', { chips: [{ chip: 'h20' }], tpotMs: 1 }, /^TPOT is [\d.]+ ms at best/, /TPOT of/],
])('refused with the nearest thing: %s', (_, more, reason, nearest) => {
  const { rows, refused } = plan({ ...example, ...more });
  expect(rows).toEqual([]);
  expect(refused[0]?.reason).toMatch(reason);
  expect(refused[0]?.nearest).toMatch(nearest);
});

test('what a refusal says is the best can be had: one request at a time', () => {
  const tight = plan({ ...onH20, rate: 1, ttftMs: 20 }).refused[0];
  const least = Number(/TTFT is (\d+) ms/.exec(tight?.reason ?? '')?.[1]);
  expect(
    plan({ ...onH20, rate: 0.001, ttftMs: least * 1.01, tpotMs: 1000 }).rows.length,
  ).toBeGreaterThan(0);
  expect(plan({ ...onH20, rate: 0.001, ttftMs: least * 0.98, tpotMs: 1000 }).rows).toEqual([]);
});

test.each(modelsTable.map(({ id }) => id))(
  '%s: every figure is one, and keeps its word',
  (model) => {
    const asked = { model, inTokens: 3000, outTokens: 700, rate: 7, ttftMs: 3000, tpotMs: 60 };
    const { rows, refused } = plan(asked);
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.length + refused.length).toBe(chipsTable.length);
    // What is no number is written as null.
    expect(JSON.stringify(rows)).not.toContain('null');
    for (const { prediction, replicas } of rows) {
      expect(prediction.ttftMs).toBeLessThanOrEqual(3000 * (1 + 1e-6));
      expect(prediction.tpotMs).toBeLessThanOrEqual(60 * (1 + 1e-6));
      expect(prediction.requestsPerSecond * replicas).toBeGreaterThanOrEqual(7 * (1 - 1e-6));
    }
  },
);

test('export control is shown and does not rank', () => {
  const { rows } = plan({ ...example, region: 'cn', chips: [{ chip: 'h20' }] });
  const h20 = rows.find(({ prediction }) => prediction.chip === 'h20');
  expect(h20?.exports.at(-1)).toMatchObject({ status: 'licence', region: 'cn' });
  const ranks = ({ rows }: Plan) => rows.map(({ prediction }) => prediction.chip);
  expect(ranks(plan({ ...example, region: 'us' }))).toEqual(ranks(answer));
});

test('fewer bits than the makers give are pointed out', () => {
  const chips = [{ chip: 'h20' }];
  const notes = (precision: string) => plan({ ...example, chips, precision }).rows[0]?.notes.join();
  expect(notes('int4')).toContain('fewer bits');
  expect(notes('fp8')).not.toContain('fewer bits');
});

test.each<[string, Partial<PlanQuestion>, RegExp]>([
  ['an unknown model', { model: 'deepseek-r7' }, /deepseek-r7.*Nearest: .*deepseek-r1/],
  ['an unknown chip', { chips: [{ chip: 'h21' }] }, /No chip is called h21.*h20/],
  ['an unknown engine', { engine: 'vllmm' }, /vllmm/],
  ['an unknown precision', { precision: 'fp9' }, /fp9/],
  ['a rate of none', { rate: 0 }, /Option rate: found 0/],
  ['a rate that is no number', { rate: Number.NaN }, /Option rate: found NaN/],
  ['no prompt', { inTokens: 0 }, /Option in: found 0/],
  ['a TPOT of none', { tpotMs: 0 }, /Option tpot: found 0/],
  ['a TTFT below none', { ttftMs: -1 }, /Option ttft: found -1/],
  ['all of a prompt in the cache', { cacheHit: 1 }, /Option cache-hit: found 1/],
  ['no money', { budgetPerHour: 0 }, /Option budget: found 0/],
  ['no chips', { chips: [] }, /Option chips/],
  ['none of a chip', { chips: [{ chip: 'h20', count: 0 }] }, /chips of h20: found 0/],
  ['half a chip', { chips: [{ chip: 'h20', count: 1.5 }] }, /found 1.5/],
  ['a context too long', { inTokens: 200_000 }, /found 200800 tokens .* at most 163840/],
  ['a price below none', { prices: { h20: { amount: -1, currency: 'USD' } } }, /price of h20/],
  ['a price of an unknown chip', { prices: { h21: { amount: 1, currency: 'USD' } } }, /h21/],
  ['an acceptance above one', { mtpAcceptance: [1.2] }, /Option mtp: found 1.2/],
])('%s is no question', (_, more, message) => {
  expect(() => plan({ ...example, ...more })).toThrow(message);
});

test('neither a rate nor how many chips nor money is no question either', () => {
  expect(() => plan({ ...load, chips: [{ chip: 'h20' }] })).toThrow(/how many chips \(h20:16\)/);
});

test('a release without results is told, and chips that are left over', () => {
  const { notes } = predict({ ...load, chips: 'h20:12', engine: 'sglang@9.9.9', concurrency: 4 });
  expect(notes).toContain('no result is published of sglang@9.9.9: as sglang of any release');
  expect(notes).toContain('4 of 12 chips are left over: tp8 takes 8');
  const [row] = plan({ ...onH20, engine: 'sglang@9.9.9', rate: 1 }).rows;
  expect(row?.notes[0]).toContain('sglang@9.9.9');
});

test.each(['__proto__', 'constructor', 'toString', '', '\u202e昇腾', 'a'.repeat(10_000)])(
  'a name that is none is refused, whatever it is: %s',
  (name) => {
    const money = { amount: 1, currency: 'USD' } as const;
    for (const wrong of [
      { model: name },
      { engine: name || ' ' },
      { precision: name },
      { chips: [{ chip: name }] },
      { prices: Object.fromEntries([[name, money]]) },
    ]) {
      expect(() => plan({ ...example, ...wrong })).toThrow(/is called|does not know/);
    }
  },
);

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308])(
  '%s is no number to plan with',
  (n) => {
    for (const name of [
      'rate',
      'inTokens',
      'outTokens',
      'ttftMs',
      'tpotMs',
      'budgetPerHour',
      'cacheHit',
    ]) {
      expect(() => plan({ ...example, [name]: n }), name).toThrow(/found|tokens/);
    }
    expect(() => plan({ ...example, chips: [{ chip: 'h20', count: n }] })).toThrow(/found/);
    expect(() => plan({ ...example, prices: { h20: { amount: n, currency: 'USD' } } })).toThrow(
      /found/,
    );
    expect(() => plan({ ...example, exchange: { CNY: n } })).toThrow(/found/);
  },
);

test.each(['constructor', '__proto__', 'usd', ''])('%s is no currency and no region', (name) => {
  const currency = name as 'USD';
  for (const wrong of [
    { currency },
    { region: name as 'us' },
    { prices: { h20: { amount: 1, currency } } },
    { exchange: Object.fromEntries([[name, 7]]) },
  ]) {
    expect(() => plan({ ...example, ...wrong })).toThrow(/found .*expected one of/);
  }
});
