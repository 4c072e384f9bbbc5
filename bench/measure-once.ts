/** One measurement of one row on an engine that has the file loaded. Units: see rows.ts. */
import type { EngineProcess } from './engine-process.ts';
import { randomPrompt, versePrompt } from './prompts.ts';
import type { StreamTimes } from './protocol.ts';
import type { Row } from './rows.ts';

const decodedTokens = 65;
const recitedTokens = 129;

/** Room for what a row asks for. */
export function sequencesOf(row: Row): { contextTokens: number; sequences: number } {
  const promptTokens = 'promptTokens' in row ? row.promptTokens : 512;
  return {
    contextTokens: promptTokens + 256,
    sequences: row.kind === 'decode' ? row.streams : 1,
  };
}

export async function measureOnce(
  row: Row,
  engine: EngineProcess,
  seed: number,
  { loadMs, limitMs }: { loadMs: number; limitMs: number },
): Promise<number> {
  const prompt = (length: number, promptSeed = seed) => randomPrompt(row.shape, length, promptSeed);
  const generate = (prompts: readonly (readonly number[])[], newTokens: number) =>
    engine.ask('generate', { prompts, newTokens }, limitMs);

  switch (row.kind) {
    case 'prefill': {
      const [times] = await generate([prompt(row.promptTokens)], 1);
      return row.promptTokens / (times!.firstMs / 1000);
    }
    case 'decode': {
      // Always the same prompts: who remembers a prefix need not compute 8192 tokens again.
      const prompts = Array.from({ length: row.streams }, (_, i) => prompt(row.promptTokens, i));
      return decodeRate(await generate(prompts, decodedTokens), decodedTokens);
    }
    case 'recite': {
      const times = await generate([versePrompt(row.shape, row.promptTokens, seed)], recitedTokens);
      return decodeRate(times, recitedTokens);
    }
    case 'load': {
      const [times] = await generate([prompt(1)], 1);
      return (loadMs + times!.firstMs) / 1000;
    }
    case 'memory': {
      await generate([prompt(512)], 32);
      return (await engine.ask('peakBytes', null, limitMs)) / 1e9;
    }
  }
}

/** Tokens after the first ones, of all streams, over the time from the first of them to the last. */
function decodeRate(streams: readonly StreamTimes[], newTokens: number): number {
  const first = Math.min(...streams.map(({ firstMs }) => firstMs));
  const last = Math.max(...streams.map(({ lastMs }) => lastMs));
  return (streams.length * (newTokens - 1)) / ((last - first) / 1000);
}
