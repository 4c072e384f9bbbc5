/**
 * Asks the planner in a worker, so that sliders keep moving while it thinks. Of the questions that
 * come meanwhile only the newest is asked: whoever drags wants the last answer, not all of them.
 */
import type { Plan, PlanQuestion } from '../../../../src/planner/plan-answer.ts';
import { Store } from '../../state/store.ts';
import type { PlanReply, PlanRequest } from '../plan-worker.ts';

export interface PlanAnswer {
  /** The newest there is; it stays while the next is worked out. */
  readonly plan: Plan | undefined;
  readonly failure: { readonly message: string; readonly remedy: string } | undefined;
  readonly isBusy: boolean;
  /** How long the planner took. */
  readonly tookMs: number | undefined;
}

/** What of a Worker is used. */
export interface PlanPort {
  postMessage(request: PlanRequest): void;
  onmessage: ((event: MessageEvent<PlanReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export class PlanRunner extends Store<PlanAnswer> {
  readonly #port: PlanPort;
  #next: PlanQuestion | undefined;
  #isAsked = false;

  constructor(port: PlanPort) {
    super({ plan: undefined, failure: undefined, isBusy: false, tookMs: undefined });
    this.#port = port;
    port.onmessage = ({ data }) => this.#answered(data);
    port.onerror = (event) => {
      event.preventDefault?.();
      this.#answered({ failure: { message: event.message || 'worker', remedy: '' } });
    };
  }

  ask(question: PlanQuestion): void {
    this.#next = question;
    this.merge({ isBusy: true });
    if (!this.#isAsked) this.#askNext();
  }

  #askNext(): void {
    const question = this.#next;
    if (question === undefined) return;
    this.#next = undefined;
    this.#isAsked = true;
    this.#port.postMessage({ question });
  }

  #answered(reply: PlanReply): void {
    this.#isAsked = false;
    const isBusy = this.#next !== undefined;
    if ('failure' in reply) this.merge({ failure: reply.failure, isBusy });
    else this.merge({ plan: reply.plan, tookMs: reply.tookMs, failure: undefined, isBusy });
    this.#askNext();
  }
}
