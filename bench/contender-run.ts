/** One contender's measurements of one row: its process, what it measured, how calmly, or why not. */
import type { Contender } from './contenders.ts';
import { calmShare, OthersClock } from './disturbance.ts';
import { EngineProcess } from './engine-process.ts';
import { measureOnce, sequencesOf } from './measure-once.ts';
import type { Row } from './rows.ts';

export interface RunOptions {
  readonly file: string;
  readonly threads: number;
  readonly rounds: number;
  /** performance.now() after which nothing is begun and everything is stopped. */
  readonly deadline: number;
  /** Takes what comes: nothing is waited for or measured again. */
  readonly isHurried: boolean;
}

export interface Outcome {
  readonly label: string;
  readonly engine: string | undefined;
  readonly values: readonly number[];
  /** Share of the processors that other programs had meanwhile, at most. */
  readonly othersShare: number | undefined;
  readonly failure: string | undefined;
}

const warmUpSeed = 1;

/** What is measured is the process's beginning. */
export const isMeasuredFresh = ({ kind }: Row) => kind === 'load' || kind === 'memory';

export class ContenderRun {
  readonly #row: Row;
  readonly #contender: Contender;
  readonly #options: RunOptions;
  readonly #measured: { value: number; othersShare: number }[] = [];
  #engine: EngineProcess | undefined;
  #loadedMs = 0;
  #description: string | undefined;
  #failure: string | undefined;

  constructor(row: Row, contender: Contender, options: RunOptions) {
    this.#row = row;
    this.#contender = contender;
    this.#options = options;
  }

  /** Failed, or measured calmly often enough. */
  get isDone(): boolean {
    const calm = this.#measured.filter(({ othersShare }) => othersShare < calmShare);
    return this.#failure !== undefined || calm.length >= this.#options.rounds;
  }

  /** The rounds it had before a failure stay. */
  get outcome(): Outcome {
    const calmest = this.#measured
      .toSorted((a, b) => a.othersShare - b.othersShare)
      .slice(0, this.#options.rounds);
    return {
      label: this.#contender.label,
      engine: this.#description,
      values: calmest.map(({ value }) => value),
      othersShare: calmest.at(-1)?.othersShare,
      failure: this.#failure,
    };
  }

  /** `round` below 0 is not kept. */
  async round(round: number): Promise<void> {
    try {
      const limitMs = this.#options.deadline - performance.now();
      if (limitMs <= 0) throw new Error('no time left');
      const clock = new OthersClock();
      const before = this.#engine?.cpuMs ?? 0;
      const engine = this.#engine ?? (await this.#load(limitMs));
      const times = { loadMs: this.#loadedMs, limitMs };
      const value = await measureOnce(this.#row, engine, warmUpSeed + 2 + round, times);
      const othersShare = clock.othersShare(engine.cpuMs - before);
      if (round >= 0) this.#measured.push({ value, othersShare });
    } catch (cause) {
      this.#failure = (cause as Error).message;
      this.close();
    }
  }

  async #load(limitMs: number): Promise<EngineProcess> {
    const { file, threads } = this.#options;
    const { worker, settings } = this.#contender;
    const engine = new EngineProcess(worker);
    this.#engine = engine;
    const request = { file, threads, ...sequencesOf(this.#row), settings };
    const loaded = await engine.ask('load', request, limitMs);
    this.#loadedMs = loaded.ms;
    this.#description = loaded.engine;
    if (!isMeasuredFresh(this.#row)) {
      // Not counted: caches, clocks, a long prompt that stays in memory.
      await measureOnce(this.#row, engine, warmUpSeed, { loadMs: loaded.ms, limitMs });
    }
    return engine;
  }

  close(): void {
    this.#engine?.close();
    this.#engine = undefined;
  }
}
