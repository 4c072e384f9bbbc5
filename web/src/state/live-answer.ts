/**
 * An answer while it is written. Pieces are gathered here and shown once a frame: a fast model
 * sends hundreds a second, a screen shows sixty.
 */
import type { ChatEvent, Usage } from '../api/chat-stream.ts';
import type { Answer, Ending, Figures } from './conversation.ts';
import { TokenClock } from './token-clock.ts';

/** What no context of any model holds: a server that sends more has lost its way. */
const maxLength = 8_000_000;

export class LiveAnswer {
  readonly #id = crypto.randomUUID();
  readonly #model: string;
  readonly #clock: TokenClock;
  readonly #now: () => number;
  #reasoning = '';
  #text = '';
  #usage: Usage | undefined;
  #speed: number | undefined;
  #ending: Ending = { kind: 'writing' };
  /** The server's name for it. */
  serverId: string | undefined;

  constructor(model: string, now: () => number) {
    this.#model = model;
    this.#now = now;
    this.#clock = new TokenClock(now());
  }

  take(event: ChatEvent): void {
    if (event.type === 'id') this.serverId = event.id;
    else if (event.type === 'usage') this.#usage = event.usage;
    else if (event.type === 'speed') this.#speed = event.tokensPerSecond;
    else if (event.type === 'cut') this.end({ kind: 'cut' });
    else if (event.type === 'finish') this.#finish(event.reason, event.cause);
    else {
      this.#clock.arrived(event.type, this.#now());
      if (event.type === 'reasoning') this.#reasoning += event.text;
      else this.#text += event.text;
      if (this.#reasoning.length + this.#text.length > maxLength) this.end({ kind: 'cut' });
    }
  }

  get isThinking(): boolean {
    return this.#ending.kind === 'writing' && this.#reasoning !== '' && this.#text === '';
  }

  get isEnded(): boolean {
    return this.#ending.kind !== 'writing';
  }

  get isTooLong(): boolean {
    return this.#reasoning.length + this.#text.length > maxLength;
  }

  /** The first ending counts. */
  end(ending: Ending): void {
    if (this.#ending.kind === 'writing') this.#ending = ending;
  }

  snapshot(): Answer {
    return {
      role: 'assistant',
      id: this.#id,
      model: this.#model,
      reasoning: this.#reasoning,
      text: this.#text,
      ending: this.#ending,
      figures: this.#figures(),
    };
  }

  #finish(reason: string, cause: string | undefined): void {
    if (reason === 'length') this.end({ kind: 'length', ...(cause !== undefined && { cause }) });
    else this.end({ kind: 'stop' });
  }

  #figures(): Figures {
    const clock = this.#clock;
    const usage = this.#usage;
    const { ttftMs, thinkingMs } = clock;
    const tokensPerSecond = this.#speed ?? clock.tokensPerSecond(usage?.completionTokens);
    return {
      ...(ttftMs !== undefined && { ttftMs }),
      ...(thinkingMs !== undefined && { thinkingMs }),
      ...(tokensPerSecond !== undefined && { tokensPerSecond }),
      ...(usage !== undefined && {
        promptTokens: usage.promptTokens,
        cachedTokens: usage.cachedTokens,
      }),
      totalMs: clock.totalMs(this.#now()),
      completionTokens: usage?.completionTokens ?? clock.reasoningTokens + clock.textTokens,
      reasoningTokens: usage?.reasoningTokens ?? clock.reasoningTokens,
      rates: clock.rates(),
    };
  }
}
