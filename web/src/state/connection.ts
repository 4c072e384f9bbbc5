/**
 * Whether the server is there, what it serves and how it does. Asked every few seconds while the
 * page is seen, more often while it is lost; a request that finds nobody says so at once.
 */
import { ServerProblem } from '../api/problem.ts';
import type { ServerAccess } from '../api/server-access.ts';
import { listModels, readStatus, type ServerStatus } from '../api/server-status.ts';
import { Store } from './store.ts';

export interface ConnectionState {
  readonly kind: 'connecting' | 'online' | 'starting' | 'needsKey' | 'lost';
  readonly models: readonly string[];
  readonly status: ServerStatus | undefined;
  /** Tokens per second of the whole server, the latest last. */
  readonly speeds: readonly number[];
}

const calmMs = 5000;
const busyMs = 1500;
const lostMs = [1000, 2000, 3000, 5000];
const numSpeeds = 40;

export class Connection extends Store<ConnectionState> {
  readonly #access: ServerAccess;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isChecking = false;
  #failures = 0;
  #lastLook: { readonly tokens: number; readonly now: number } | undefined;
  /** Set while an answer is written: the figures are looked at more often. */
  isBusy = false;

  constructor(access: ServerAccess) {
    super({ kind: 'connecting', models: [], status: undefined, speeds: [] });
    this.#access = access;
  }

  /** Asks now, and from then on by itself. */
  async check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    clearTimeout(this.#timer);
    try {
      const status = await readStatus(this.#access);
      const models = status?.models.map(({ name }) => name) ?? (await listModels(this.#access));
      const kind = status?.phase === 'starting' ? 'starting' : 'online';
      this.#failures = 0;
      this.merge({ kind, models, status, speeds: this.#speedsWith(status) });
    } catch (cause) {
      this.#failed(cause);
    } finally {
      this.#isChecking = false;
    }
    this.#plan();
  }

  /** A request of the page found nobody. */
  noticeLoss(): void {
    this.merge({ kind: 'lost' });
    void this.check();
  }

  /** A page that nobody sees asks nothing. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  #failed(cause: unknown): void {
    this.#failures++;
    const kind = cause instanceof ServerProblem ? cause.problem.kind : 'unreachable';
    this.merge({ kind: kind === 'unauthorized' ? 'needsKey' : 'lost' });
  }

  #plan(): void {
    const lost = lostMs[Math.min(this.#failures, lostMs.length) - 1];
    const ms = this.get().kind === 'online' ? (this.isBusy ? busyMs : calmMs) : (lost ?? calmMs);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), ms);
  }

  /** From how many tokens more there are than at the last look. */
  #speedsWith(status: ServerStatus | undefined): readonly number[] {
    if (status === undefined) return [];
    const tokens = status.models.reduce((sum, model) => sum + model.generatedTokens, 0);
    const last = this.#lastLook;
    const now = performance.now();
    this.#lastLook = { tokens, now };
    // A server that was started anew counts from zero.
    if (last === undefined || tokens < last.tokens) return this.get().speeds;
    const speed = ((tokens - last.tokens) * 1000) / Math.max(1, now - last.now);
    return [...this.get().speeds, speed].slice(-numSpeeds);
  }
}
