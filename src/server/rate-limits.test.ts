import { expect, test } from 'vitest';
import type { ApiKey } from './api-keys.ts';
import { RateLimits } from './rate-limits.ts';

function limitsOf(limits: ApiKey['limits']) {
  const clock = { ms: 1000 };
  const rates = new RateLimits(() => clock.ms);
  const key: ApiKey = { name: 'ci', limits };
  return { clock, begin: () => rates.begin(key) };
}

test('requests a minute: as many at once, then evenly', () => {
  const { clock, begin } = limitsOf({ requests: 6 });
  for (let i = 0; i < 6; i++) begin().end(0);
  expect(begin).toThrow(
    expect.objectContaining({
      code: 'rate_limited',
      fields: expect.objectContaining({ retryAfterSeconds: 10 }),
    }),
  );
  clock.ms += 9999;
  expect(begin).toThrow('6 requests a minute');
  clock.ms += 1;
  begin().end(0);
  expect(begin).toThrow('6 requests a minute');
});

test('tokens are paid when the reply has ended, and a debt is waited for', () => {
  const { clock, begin } = limitsOf({ tokens: 60 });
  begin().end(120); // one a second: 60 in debt
  expect(begin).toThrow(
    expect.objectContaining({ fields: expect.objectContaining({ retryAfterSeconds: 61 }) }),
  );
  clock.ms += 61_000;
  begin().end(1);
});

test('requests at once', () => {
  const { begin } = limitsOf({ concurrent: 2 });
  const first = begin();
  begin();
  expect(begin).toThrow('2 at once');
  first.end(0);
  begin();
});

test('a refused request uses up nothing', () => {
  const { begin } = limitsOf({ concurrent: 1, requests: 2 });
  const first = begin();
  expect(begin).toThrow('1 at once');
  first.end(0);
  begin().end(0);
  expect(begin).toThrow('2 requests a minute');
});

test('keys do not share', () => {
  const rates = new RateLimits(() => 0);
  rates.begin({ name: 'a', limits: { requests: 1 } });
  rates.begin({ name: 'b', limits: { requests: 1 } });
});
