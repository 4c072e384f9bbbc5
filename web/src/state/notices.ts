/**
 * Words that come and go: a line at the bottom of the page, with or without something to do, and
 * sentences for screen readers alone.
 */
import { Store } from './store.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

export interface NoticesState {
  readonly shown: Notice | undefined;
  /** Read out by a screen reader when it changes. */
  readonly spoken: string;
}

const shownMs = 8000;
/** A long answer is read in the page; here enough of it to know that it came. */
const maxSpokenLength = 1500;

export class Notices extends Store<NoticesState> {
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super({ shown: undefined, spoken: '' });
  }

  show(text: string, action?: Notice['action']): void {
    clearTimeout(this.#timer);
    const id = ++this.#count;
    this.merge({ shown: { id, text, ...(action !== undefined && { action }) } });
    this.#timer = setTimeout(() => this.dismiss(), shownMs);
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.merge({ shown: undefined });
  }

  speak(text: string): void {
    this.merge({ spoken: text.slice(0, maxSpokenLength) });
  }
}
