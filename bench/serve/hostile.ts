/**
 * `node bench/serve/hostile.ts [cases] [seed]`: as many hostile requests as one likes (10,000 left
 * out) to a server with the built-in model; test/fuzz/server.test.ts sends a share of them in every
 * test run. Exit code 1 where one was not answered as it should be.
 */
import { declaredRoutes } from '../../test/fuzz/declared-routes.ts';
import { hostileRequests } from '../../test/fuzz/hostile-requests.ts';
import { greedyReply, openServer } from '../../test/server/open-server.ts';

const [count = 10_000, seed = 1] = process.argv.slice(2).map(Number);
process.env.HF_HUB_OFFLINE = '1'; // names that are made up are asked of no hub
const ask = { question: 'What is 37 * 48?' };
const routes = declaredRoutes();

await using server = await openServer({ contextTokens: 256 });
const before = await greedyReply(server.url, ask);
const startedAt = performance.now();
let numWrong = 0;
for (let first = 0; first < count; first += 1000) {
  const share = { seed, first, count: Math.min(1000, count - first) };
  const { statuses, served, left, raw, wrong } = await hostileRequests(
    { ...server, routes },
    share,
  );
  const counts = [...statuses].sort().map(([status, number]) => `${status}: ${number}`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `${first + share.count} after ${seconds} s; ${counts.join(', ')}, left: ${left}, raw: ${raw}`,
  );
  console.log([...served].sort().join(' '));
  for (const line of wrong) console.error(line);
  numWrong += wrong.length;
}
const after = await greedyReply(server.url, ask);
const [nano] = server.models.list();
const isClean = nano?.numUsers === 0 && nano.stats?.running === 0;
if (after !== before) console.error(`the reply has changed: ${before} / ${after}`);
if (!isClean) console.error('requests were left behind', nano?.stats, nano?.numUsers);
console.log(`${count} cases, ${numWrong} wrong`);
process.exitCode = numWrong > 0 || after !== before || !isClean ? 1 : 0;
