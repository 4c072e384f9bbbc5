/**
 * What the benchmark asks of an engine, one message each way: load a file, continue prompts all at
 * once, tell the peak memory. The engine runs in a process of its own, so that its memory is its
 * own and a crash is a row without a number.
 */
export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface LoadRequest {
  readonly file: string;
  readonly threads: number;
  /** Of one sequence. */
  readonly contextTokens: number;
  readonly sequences: number;
  /** The engine's own: a device, memory mapping, flash attention. */
  readonly settings: Settings;
}

export interface LoadAnswer {
  /** From the call, the engine's code being in memory already, to a model that can answer. */
  readonly ms: number;
  /** Which engine, version and back end answered. */
  readonly engine: string;
}

export interface GenerateRequest {
  readonly prompts: readonly (readonly number[])[];
  /** Exactly as many are written: greedily, whatever they are. */
  readonly newTokens: number;
}

/** Milliseconds from the request to the first and to the last token. */
export interface StreamTimes {
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Requests {
  load: { request: LoadRequest; answer: LoadAnswer };
  generate: { request: GenerateRequest; answer: readonly StreamTimes[] };
  peakBytes: { request: null; answer: number };
}

export type RequestName = keyof Requests;

export interface BenchEngine {
  load(request: LoadRequest): Promise<LoadAnswer>;
  generate(request: GenerateRequest): Promise<readonly StreamTimes[]>;
}
