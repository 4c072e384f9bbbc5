/** What the command lines of plan and predict take, and what they refuse. */
import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { chipList, chipNames, chipsOfOneKind } from './chip-list.ts';
import { chipPrice, currency, exchangeRate, money } from './money.ts';
import { acceptances, kvBytes, milliseconds, requestRate, share, tokens } from './quantities.ts';

const taken: [(text: string) => unknown, [text: string, value: unknown][]][] = [
  [
    milliseconds,
    [
      ['2s', 2000],
      ['50ms', 50],
      ['50', 50],
      ['1.5 s', 1500],
      ['2m', 120_000],
      ['0.5MS', 0.5],
    ],
  ],
  [
    tokens,
    [
      ['2000', 2000],
      ['2k', 2000],
      ['1.2K', 1200],
    ],
  ],
  [
    requestRate,
    [
      ['20', 20],
      ['0.5/s', 0.5],
      ['300/min', 5],
    ],
  ],
  [
    share,
    [
      ['0.5', 0.5],
      ['50%', 0.5],
      ['0', 0],
      ['.7', 0.7],
    ],
  ],
  [
    acceptances,
    [
      ['0.7', [0.7]],
      ['0.9,60%', [0.9, 0.6]],
    ],
  ],
  [
    kvBytes,
    [
      ['fp8', 1],
      ['BF16', 2],
    ],
  ],
  [
    money,
    [
      ['4/h', { perHour: 4 }],
      ['USD 2/h', { perHour: 2, currency: 'USD' }],
      ['2 usd/hour', { perHour: 2, currency: 'USD' }],
      ['¥14.6/day', { perHour: 14.6 / 24, currency: 'CNY' }],
      ['9000/month', { perHour: 9000 / 730 }],
      ['$8760/year', { perHour: 1, currency: 'USD' }],
    ],
  ],
  [
    chipList,
    [
      ['h20:16, ascend-910c', [{ chip: 'h20', count: 16 }, { chip: 'ascend-910c' }]],
      ['H20', [{ chip: 'H20' }]],
    ],
  ],
  [chipNames, [['h20,l20', [{ chip: 'h20' }, { chip: 'l20' }]]]],
  [
    chipsOfOneKind,
    [
      [' h20:016', 'h20:16'],
      ['h20', 'h20'],
    ],
  ],
  [exchangeRate, [['cny = 7.1', { CNY: 7.1 }]]],
  [
    currency,
    [
      ['€', 'EUR'],
      ['vnd', 'VND'],
    ],
  ],
];

test.each(taken)('%o takes what it says it takes', (parse, cases) => {
  for (const [text, value] of cases) expect(parse(text), text).toEqual(value);
});

const refused: [(text: string) => unknown, string[], string][] = [
  [
    milliseconds,
    ['fast', '', '0', '-1s', '2h', '1e3', '2 seconds', 'Infinity'],
    'as in 50ms or 2s',
  ],
  [tokens, ['', '0', '-1', '2.5', '1.2345k', '2kb', '1e3', '999999999k'], 'as in 2000 or 2k'],
  [requestRate, ['', '0', '-1', 'many', '1/day', '0/s'], 'as in 20 or 300/min'],
  [share, ['', '1.1', '-0.1', '101%', 'half', '0,5', '%'], 'from 0 to 1'],
  [acceptances, ['', '0.7,', '0.7,2'], 'from 0 to 1'],
  [acceptances, [new Array(9).fill('0.5').join()], 'At most 8'],
  [kvBytes, ['', 'fp7', 'toString'], 'one of bf16'],
  [money, ['', '4', '4/', '/h', '0/h', '-4/h', '4/week', 'USD 4 USD/h', '4h'], 'as in 4/h'],
  [money, ['XYZ 4/h'], 'one of USD, CNY'],
  [chipPrice, ['', 'h20', '=4/h', 'h20='], 'chip=price'],
  [chipPrice, ['h20=4'], 'as in 4/h'],
  [exchangeRate, ['', 'CNY', 'CNY=', 'CNY=0', 'CNY=x', '=7'], 'CNY=7.1'],
  [exchangeRate, ['ABC=2'], 'one of USD, CNY'],
  [chipList, ['', ',', 'h20,', ':4', 'h20=4'], 'as in h20 or h20:16'],
  [chipList, ['h20:0', 'h20:-1', 'h20:1.5', 'h20:', 'h20:many', 'h20:9999999'], 'number of h20'],
  [chipList, ['h20,H20:4'], 'h20 is twice'],
  [chipList, [Array.from({ length: 51 }, (_, i) => `c${i}`).join()], 'At most 50'],
  [chipNames, ['h20:4,l20'], 'names alone'],
  [chipsOfOneKind, ['h20,l20:4'], 'one chip'],
];

test.each(refused)(
  '%o refuses what it cannot read, and says how it is written',
  (parse, texts, said) => {
    for (const text of texts) {
      expect(() => parse(text), text).toThrow(InvalidArgumentError);
      expect(() => parse(text), text).toThrow(said);
    }
  },
);

test('prices and rates that are said one by one add up; the last word counts', () => {
  const prices = chipPrice('l20=USD 1/h', chipPrice('h20=4/h', chipPrice('h20=5/h')));
  expect([...prices]).toEqual([
    ['h20', { perHour: 4 }],
    ['l20', { perHour: 1, currency: 'USD' }],
  ]);
  expect(exchangeRate('EUR=0.9', exchangeRate('CNY=7'))).toEqual({ CNY: 7, EUR: 0.9 });
});
