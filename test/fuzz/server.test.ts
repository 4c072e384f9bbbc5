/**
 * Hostile input on a real socket with the real built-in model: no 5xx, nothing hangs, and the
 * server answers afterwards as it did before. bench/serve/hostile.ts runs as many as one likes.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { greedyReply, type OpenServer, openServer } from '../server/open-server.ts';
import { declaredRoutes } from './declared-routes.ts';
import { hostileRequests } from './hostile-requests.ts';

const numCases = 1500;
let server: OpenServer;

beforeAll(async () => {
  process.env.HF_HUB_OFFLINE = '1'; // names that are made up are asked of no hub
  server = await openServer({ contextTokens: 256 });
});
afterAll(() => server[Symbol.asyncDispose]());

test(`${numCases} hostile requests: each gets its reply, and nothing is left behind`, async () => {
  const ask = { question: 'What is 37 * 48?' };
  const before = await greedyReply(server.url, ask);
  const { url, port } = server;
  const tally = await hostileRequests(
    { url, port, routes: declaredRoutes() },
    { seed: 1, count: numCases },
  );
  expect(tally.wrong).toEqual([]);
  expect(tally.statuses.get(200)).toBeGreaterThan(numCases / 20);
  expect(tally.statuses.get(400)).toBeGreaterThan(numCases / 20);
  expect(await greedyReply(url, ask)).toBe(before);
  const [nano] = server.models.list();
  expect(nano).toMatchObject({ numUsers: 0, stats: { running: 0, waiting: 0 } });
  expect(Object.prototype).not.toHaveProperty('polluted');
});
