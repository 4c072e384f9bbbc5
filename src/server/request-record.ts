/**
 * What is known of a request while it is served, for log, metrics, traces and limits. It is over
 * with its response, or where that streams, when the stream ends; whoever asked is told then, once.
 */
import type { Summary } from '../engine/reply.ts';

export class RequestRecord {
  readonly startMs = performance.now();
  /** The name that the model is served as; undefined where none was asked. */
  model: string | undefined;
  operation: string | undefined;
  status = 0;
  promptTokens = 0;
  completionTokens = 0;
  /** Of the reply that began first. */
  ttftMs: number | undefined;
  readonly finishReasons: string[] = [];
  #listeners: (() => void)[] = [];
  #isStreaming = false;
  #isOver = false;

  get durationMs(): number {
    return performance.now() - this.startMs;
  }

  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** From now on it ends when the returned function is called. */
  streams(): () => void {
    this.#isStreaming = true;
    return () => this.#end();
  }

  /** The handler has returned. */
  responded(status: number): void {
    this.status = status;
    if (!this.#isStreaming) this.#end();
  }

  addReply({ promptTokens, completionTokens, ttftMs, finishReason }: Summary): void {
    // Several replies to one prompt: it is read once.
    this.promptTokens = Math.max(this.promptTokens, promptTokens);
    this.completionTokens += completionTokens;
    this.ttftMs = Math.min(this.ttftMs ?? ttftMs, ttftMs);
    this.finishReasons.push(finishReason);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const listener of this.#listeners) listener();
  }
}
