/**
 * Many clients at once on a real socket, a short run of what bench/serve/load.ts does for a minute:
 * no text is lost or mixed up, and those who leave free what they held.
 */
import { expect, test } from 'vitest';
import { runLoad } from './load-clients.ts';
import { openServer } from './open-server.ts';

const numRequests = 160;

test('64 streams with clients that leave, read slowly or send nonsense', async () => {
  await using server = await openServer({ contextTokens: 512 });
  const result = await runLoad({
    ...{ url: server.url, numClients: 64, seed: 1, maxTokensOf: [40, 12] },
    goesOn: (numSent) => numSent < numRequests,
  });
  expect(result.wrong).toEqual([]);
  expect(result.complete).toBeGreaterThan(numRequests / 2);
  expect(result.left).toBeGreaterThan(numRequests / 20);
  expect(result.malformed).toBeGreaterThan(0);
  await expect
    .poll(() => server.models.list()[0])
    .toMatchObject({
      numUsers: 0,
      stats: { running: 0, waiting: 0 },
    });
});
