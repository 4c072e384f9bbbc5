/** A worker thread that loads nano, answers what it was started with, closes it, and says so. */
import { parentPort, workerData } from 'node:worker_threads';
import { load } from '../../src/index.ts';

interface Task {
  readonly device: 'native' | 'wasm';
  readonly prompts: readonly number[][];
  readonly maxTokens: number;
}

const { device, prompts, maxTokens } = workerData as Task;
const model = await load('nano', { device });
const replies = prompts.map(async (prompt) => {
  const { summary } = model.generate(prompt, { temperature: 0, maxTokens, logprobs: 1 });
  return ((await summary).logprobs ?? []).map(({ id }) => id);
});
const answers = await Promise.all(replies);
await model.close();
parentPort?.postMessage(answers);
