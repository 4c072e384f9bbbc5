/**
 * Sampan through its public API, as a program would use it. Its settings are options of `load`:
 * device, and speculation where a row asks for it.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { type LoadedModel, type LoadOptions, load } from '../../src/index.ts';
import type { BenchEngine, GenerateRequest, LoadRequest, StreamTimes } from '../protocol.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

export class SampanEngine implements BenchEngine {
  #model: LoadedModel | undefined;

  async load({ file, threads, contextTokens, sequences, settings }: LoadRequest) {
    const start = performance.now();
    const options = { contextTokens, maxSequences: sequences, threads, ...settings };
    this.#model = await load(file, options as LoadOptions);
    const { kind } = this.#model.info.device;
    return { ms: performance.now() - start, engine: `sampan ${version} ${kind}` };
  }

  generate({ prompts, newTokens }: GenerateRequest): Promise<StreamTimes[]> {
    return Promise.all(prompts.map((prompt) => this.#continue(prompt, newTokens)));
  }

  async #continue(prompt: readonly number[], newTokens: number): Promise<StreamTimes> {
    // One token is asked for to measure the prompt: nothing of it may be known from before.
    const cacheSalt = newTokens === 1 ? randomUUID() : '';
    const options = { temperature: 0, maxTokens: newTokens, cacheSalt };
    const reply = this.#model!.generate(prompt, options);
    const { completionTokens, ttftMs, totalMs } = await reply.summary;
    if (completionTokens !== newTokens) {
      throw new Error(`Sampan wrote ${completionTokens} tokens of ${newTokens}`);
    }
    return { firstMs: ttftMs, lastMs: totalMs };
  }
}
