/** Where the server is in its life. Requests are taken while it is ready. */
export class ServerState {
  phase: 'starting' | 'ready' | 'draining' = 'starting';
  readonly #stop = new AbortController();

  /** Aborts when requests that still run are waited for no longer. */
  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(reason: unknown): void {
    this.#stop.abort(reason);
  }
}
