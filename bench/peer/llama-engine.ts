/**
 * llama.cpp, through node-llama-cpp's prebuilt CPU library: the peer, with what makes it fastest.
 * Its settings: useMmap and flashAttention, both on where not said. It picks the back end for this
 * processor and repacks weights by itself. Never builds or downloads anything.
 */
import { readFileSync } from 'node:fs';
import {
  getLlama,
  getModuleVersion,
  type LlamaContextSequence,
  LlamaLogLevel,
  type Token,
} from 'node-llama-cpp';
import type { BenchEngine, GenerateRequest, LoadRequest, StreamTimes } from '../protocol.ts';

const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  progressLogs: false,
  maxThreads: 0, // no limit: a context uses the threads it was given
  logLevel: LlamaLogLevel.error,
});

/** node-llama-cpp would load a file twice, the first time to learn what memory it needs. */
const unchecked = { ignoreMemorySafetyChecks: true } as const;

export class LlamaEngine implements BenchEngine {
  #sequences: LlamaContextSequence[] = [];

  async load({ file, threads, contextTokens, sequences, settings }: LoadRequest) {
    const start = performance.now();
    const { useMmap = true, flashAttention = true } = settings;
    const model = await llama.loadModel({
      modelPath: file,
      gpuLayers: 0,
      useMmap: useMmap === true,
      ...unchecked,
    });
    const context = await model.createContext({
      contextSize: contextTokens,
      sequences,
      batchSize: 512,
      threads,
      flashAttention: flashAttention === true,
      ...unchecked,
    });
    this.#sequences = Array.from({ length: sequences }, () => context.getSequence());
    return { ms: performance.now() - start, engine: await describeEngine() };
  }

  generate({ prompts, newTokens }: GenerateRequest): Promise<StreamTimes[]> {
    const start = performance.now();
    const streams = prompts.map((prompt, i) =>
      this.#continue(this.#sequences[i]!, prompt as Token[], newTokens, start),
    );
    return Promise.all(streams);
  }

  async #continue(
    sequence: LlamaContextSequence,
    prompt: Token[],
    newTokens: number,
    start: number,
  ): Promise<StreamTimes> {
    // What an earlier prompt has in common with this one stays; the last token gives the logits.
    await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
    const rest = prompt.slice(sequence.nextTokenIndex);
    let firstMs: number | undefined;
    let written = 0;
    for await (const _ of sequence.evaluate(rest, { temperature: 0, yieldEogToken: true })) {
      firstMs ??= performance.now() - start;
      written += 1;
      if (written === newTokens) return { firstMs, lastMs: performance.now() - start };
    }
    throw new Error(`llama.cpp wrote ${written} tokens of ${newTokens}`);
  }
}

async function describeEngine(): Promise<string> {
  const { release: llamaCpp } = llama.llamaCppRelease;
  const release = `llama.cpp ${llamaCpp}, node-llama-cpp ${await getModuleVersion()}`;
  try {
    const maps = readFileSync('/proc/self/maps', 'utf8');
    const backEnd = /libggml-cpu-(\w+)/.exec(maps);
    return backEnd ? `${release}, ${backEnd[1]}` : release;
  } catch {
    return release; // not Linux
  }
}
