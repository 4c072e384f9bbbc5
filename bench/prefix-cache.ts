/**
 * `node bench/prefix-cache.ts [model] [tokens]`: time to the first token of a chat's second turn
 * with what the first one left in the prefix cache, and without it. Median of five each, taken in
 * turns so that a slower minute meets both.
 */
import { mulberry32 } from '../src/base/mulberry32.ts';
import { load } from '../src/index.ts';

const [name = 'nano', length = '1500'] = process.argv.slice(2);
const firstTurn = Number(length);
const reply = 32;
const question = 40;
const rounds = 5;

await using model = await load(name, {
  contextTokens: firstTurn + 256,
  maxSequences: 2,
  pull: true,
});
const random = mulberry32(1);
const tokens = (count: number) =>
  Array.from({ length: count }, () => Math.floor(random() * model.info.vocabSize));

async function ask(prompt: readonly number[], maxTokens: number, cacheSalt: string) {
  const options = { temperature: 0, ignoreEos: true, maxTokens, logprobs: 0, cacheSalt };
  return model.generate(prompt, options).summary;
}

const times = { with: [] as number[], without: [] as number[] };
let cachedTokens = 0;
for (let round = 0; round <= rounds; round++) {
  const prompt = tokens(firstTurn);
  const { logprobs = [] } = await ask(prompt, reply, 'chat');
  const secondTurn = [...prompt, ...logprobs.map(({ id }) => id), ...tokens(question)];
  const without = await ask(secondTurn, 1, `round ${round}`);
  const warm = await ask(secondTurn, 1, 'chat');
  if (round === 0) continue; // warms up
  times.with.push(warm.ttftMs);
  times.without.push(without.ttftMs);
  cachedTokens = warm.cachedTokens;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[rounds >> 1] as number;
const [warm, cold] = [median(times.with), median(times.without)];
console.log(
  `${model.info.name} on ${model.info.device.kind}, second turn of ${firstTurn + reply + question} tokens, ` +
    `${cachedTokens} of them cached:\n` +
    `TTFT ${cold.toFixed(1)} ms without, ${warm.toFixed(1)} ms with: ${(cold / warm).toFixed(1)} times`,
);
