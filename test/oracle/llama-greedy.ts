/**
 * Greedy continuations by llama.cpp (node-llama-cpp's prebuilt CPU library), a second
 * implementation nobody here wrote. Never builds or downloads: without its binary it throws.
 * llama.cpp rounds activations to 8 bits where weights are quantised, so its logits are about 1 %
 * off: the top probabilities come along, to see how near a tie was where a choice differs.
 */
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getLlama, type Llama, LlamaLogLevel, type Token, TokenBias } from 'node-llama-cpp';

export interface LlamaStep {
  readonly token: number;
  /** The likeliest tokens with ln p, best first. */
  readonly top: readonly (readonly [token: number, logProbability: number])[];
}

const topTokens = 20;

let library: Promise<Llama> | undefined;

function openLibrary(): Promise<Llama> {
  library ??= open();
  return library;
}

/**
 * On processors with AMX this build ends the process with an assertion in ggml-backend.cpp on
 * deepseek2 models. It loads the best of its CPU libraries unless one is loaded already: so the
 * best of all but the one with AMX is, out of a folder that has no other.
 */
function avoidMatrixUnit(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const require = createRequire(import.meta.url);
  const home = path.dirname(require.resolve('@node-llama-cpp/linux-x64'));
  const libraries = path.join(home, '../bins/linux-x64');
  const folder = mkdtempSync(path.join(tmpdir(), 'sampan-oracle-library-'));
  try {
    for (const name of readdirSync(libraries)) {
      const isCpu = name.startsWith('libggml-cpu-') && !name.includes('sapphirerapids');
      if (isCpu) symlinkSync(path.join(libraries, name), path.join(folder, name));
    }
    require(path.join(libraries, 'llama-addon.node')).loadBackends(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function open(): Promise<Llama> {
  avoidMatrixUnit();
  return getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads: 1,
    logLevel: LlamaLogLevel.error,
  });
}

export interface LlamaModelHandle {
  /** `banned`: tokens that it must not choose. */
  greedy(
    prompt: readonly number[],
    numTokens: number,
    banned?: readonly number[],
  ): Promise<LlamaStep[]>;
  close(): Promise<void>;
}

export async function openInLlama(path: string): Promise<LlamaModelHandle> {
  const llama = await openLibrary();
  const model = await llama.loadModel({ modelPath: path, gpuLayers: 0, useMmap: false });
  const context = await model.createContext({
    contextSize: 256,
    batchSize: 256,
    threads: 1,
    flashAttention: false,
    // Its default of f16 would add rounding of its own.
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  return {
    async greedy(prompt, numTokens, banned = []) {
      const sequence = context.getSequence();
      const tokenBias = new TokenBias(model.tokenizer);
      for (const token of banned) tokenBias.set(token as Token, 'never');
      const steps: LlamaStep[] = [];
      try {
        const options = { temperature: 0, yieldEogToken: true, tokenBias };
        const metadata = { probabilities: true } as const;
        const tokens = sequence.evaluateWithMetadata(prompt as Token[], metadata, options);
        for await (const { token, probabilities } of tokens) {
          const sorted = [...probabilities].sort(([, a], [, b]) => b - a).slice(0, topTokens);
          steps.push({ token, top: sorted.map(([id, p]) => [id, Math.log(p)] as const) });
          if (steps.length === numTokens) break;
        }
      } finally {
        await sequence.dispose();
      }
      return steps;
    },
    async close() {
      await context.dispose();
      await model.dispose();
    },
  };
}
