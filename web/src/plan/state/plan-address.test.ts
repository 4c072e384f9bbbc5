import { expect, test } from 'vitest';
import { parseAddress, printAddress } from './plan-address.ts';
import { type PlanState, planDefaults } from './plan-state.ts';

const known = { models: ['deepseek-r1', 'v2-lite'], chips: ['h20', 'ascend-910b3'] };
const parse = (text: string) => parseAddress(text, known);
const full: PlanState = {
  ...{ model: 'v2-lite', rate: 0.37, inTokens: 12_345, outTokens: 2, ttftMs: undefined },
  ...{ tpotMs: 33.3, cacheHit: 0.56, mtp: [0.85, 0.6], region: 'cn', currency: 'VND' },
  prices: {
    h20: { amount: 4.25, currency: 'CNY' },
    'ascend-910b3': { amount: 0, currency: 'USD' },
  },
  ...{ x: 'latency', y: 'chips', sort: 'tpot', isDescending: true, chip: 'h20' },
};

test('every part of the state goes through the address and back', () => {
  for (const key of Object.keys(full) as (keyof PlanState)[]) {
    expect(full[key], key).not.toEqual(planDefaults[key]); // or nothing would be shown of it
  }
  expect(parse(printAddress(full))).toEqual({ state: full, complaints: [] });
  expect(parse(printAddress(planDefaults))).toEqual({ state: planDefaults, complaints: [] });
});

test('an address is short and can be read', () => {
  expect(printAddress(planDefaults)).toBe(
    'model=deepseek-r1&rate=20&in=2000&out=800&ttft=2000&tpot=50',
  );
  expect(printAddress(full)).toContain('mtp=0.85,0.6&');
  expect(printAddress(full)).toContain('price=h20:4.25:CNY');
});

test('without a query it is the usual question', () => {
  expect(parse('')).toEqual({ state: planDefaults, complaints: [] });
});

test.each([
  ['rate=abc', 'rate', 20, 'number'],
  ['rate=', 'rate', 20, 'number'],
  ['rate=0x10', 'rate', 20, 'number'],
  ['rate=Infinity', 'rate', 20, 'number'],
  ['rate=1e999', 'rate', 10_000, 'range'],
  ['rate=-5', 'rate', 0.01, 'range'],
  ['in=1.5', 'inTokens', 2, 'range'],
  ['in=99999999999', 'inTokens', 1_000_000, 'range'],
  ['out=0', 'outTokens', 2, 'range'],
  ['cache-hit=1.01', 'cacheHit', 1, 'range'],
  ['tpot=fast', 'tpotMs', 50, 'number'],
  ['model=gpt', 'model', 'deepseek-r1', 'choice'],
  ['model=__proto__', 'model', 'deepseek-r1', 'choice'],
  ['region=moon', 'region', 'global', 'choice'],
  ['currency=XXX', 'currency', undefined, 'choice'],
  ['chip=<b>', 'chip', undefined, 'choice'],
  ['sort=-evil', 'sort', 'rank', 'choice'],
] as const)('%s is put right and said so', (query, key, used, kind) => {
  const { state, complaints } = parse(query);
  expect(state[key]).toBe(used);
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toMatchObject({ kind, used: used === undefined ? '' : String(used) });
});

test('prices of unknown chips, in unknown money or without a number are left out', () => {
  const query = ['nope:1:USD', 'h20:1:XXX', 'h20:x:USD', '__proto__:1:USD', 'h20', 'h20:2:USD'];
  const { state, complaints } = parse(query.map((price) => `price=${price}`).join('&'));
  expect(state.prices).toEqual({ h20: { amount: 2, currency: 'USD' } });
  expect(complaints).toHaveLength(5);
});

test('of hostile addresses little is repeated', () => {
  const { state, complaints } = parse(
    `${'a'.repeat(5000)}=1&${Array.from({ length: 500 }, (_, i) => `k${i}=v`).join('&')}`,
  );
  expect(state).toEqual(planDefaults);
  expect(complaints).toHaveLength(8);
  expect(complaints[0]?.name.length).toBeLessThan(50);
});

test('more further tokens than are predicted are cut off', () => {
  const { state, complaints } = parse('mtp=0.9,0.8,2,0.6,0.5');
  expect(state.mtp).toEqual([0.9, 0.8, 1, 0.6]);
  expect(complaints.map(({ kind }) => kind)).toEqual(['range', 'range']);
});
