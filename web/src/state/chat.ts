/**
 * The conversation with the model: asking, stopping, trying again, asking otherwise. One answer is
 * written at a time; it goes on when another conversation is opened, and belongs to its own.
 */
import { type ChatRequest, streamChat } from '../api/chat-stream.ts';
import { ServerProblem } from '../api/problem.ts';
import type { ServerAccess } from '../api/server-access.ts';
import { answerNow } from '../api/server-status.ts';
import type { Archive } from './archive.ts';
import type { Connection } from './connection.ts';
import { type Answer, type Conversation, type Message, titleFrom } from './conversation.ts';
import { LiveAnswer } from './live-answer.ts';
import { requestOptions, type SettingsStore } from './settings.ts';
import { Store } from './store.ts';

export interface ChatState {
  /** Of the conversation whose answer is being written. */
  readonly writingIn: string | undefined;
  /** The running answer may be told to come to its answer. */
  readonly canAnswerNow: boolean;
}

export interface ChatParts {
  readonly access: ServerAccess;
  readonly archive: Archive;
  readonly connection: Connection;
  readonly settings: SettingsStore;
  /** Calls back before the next picture is drawn. */
  readonly onFrame: (callback: () => void) => void;
  readonly now: () => number;
  readonly onEnd: (answer: Answer) => void;
}

export class Chat extends Store<ChatState> {
  readonly #parts: ChatParts;
  #running: { controller: AbortController; live: LiveAnswer } | undefined;

  constructor(parts: ChatParts) {
    super({ writingIn: undefined, canAnswerNow: false });
    this.#parts = parts;
  }

  get isWriting(): boolean {
    return this.#running !== undefined;
  }

  /** Asks in the current conversation, or in a new one. */
  send(text: string): void {
    if (this.isWriting || text.trim() === '') return;
    const { archive } = this.#parts;
    const { id, messages } = archive.current ?? archive.begin();
    this.#ask(id, messages, text);
  }

  /** Asks otherwise: what came after that question is gone. */
  edit(conversationId: string, questionId: string, text: string): void {
    if (this.isWriting || text.trim() === '') return;
    const messages = this.#parts.archive.find(conversationId)?.messages ?? [];
    const index = messages.findIndex(({ id }) => id === questionId);
    if (index >= 0) this.#ask(conversationId, messages.slice(0, index), text);
  }

  /** Answers anew: the answer, and what came after it, are gone. */
  retry(conversationId: string, answerId: string): void {
    if (this.isWriting) return;
    const messages = this.#parts.archive.find(conversationId)?.messages ?? [];
    const index = messages.findIndex(({ id }) => id === answerId);
    if (index > 0) void this.#answer(conversationId, messages.slice(0, index));
  }

  stop(): void {
    this.#running?.live.end({ kind: 'stopped' });
    this.#running?.controller.abort();
  }

  async answerNow(): Promise<void> {
    const id = this.#running?.live.serverId;
    if (id === undefined) return;
    this.merge({ canAnswerNow: false });
    await answerNow(this.#parts.access, id).catch(() => {}); // it thinks on, and can be stopped
  }

  #ask(conversationId: string, before: readonly Message[], text: string): void {
    const question = { role: 'user', id: crypto.randomUUID(), text } as const;
    if (before.length === 0) {
      this.#parts.archive.change(conversationId, (conversation) => ({
        ...conversation,
        title: keptTitle(conversation) ?? titleFrom(text),
      }));
    }
    void this.#answer(conversationId, [...before, question]);
  }

  async #answer(conversationId: string, before: readonly Message[]): Promise<void> {
    const { archive, connection, settings, access, onFrame, now, onEnd } = this.#parts;
    const { systemPrompt } = settings.get();
    const model = this.#modelName();
    const live = new LiveAnswer(model, now);
    const controller = new AbortController();
    this.#running = { controller, live };
    const show = (isUrgent: boolean, updatedAt?: number) =>
      archive.change(
        conversationId,
        (conversation) => ({
          ...conversation,
          messages: [...before, live.snapshot()],
          updatedAt: updatedAt ?? conversation.updatedAt,
        }),
        isUrgent,
      );
    show(true, Date.now());
    this.merge({ writingIn: conversationId, canAnswerNow: false });
    connection.isBusy = true;

    let isFramePlanned = false;
    const plan = () => {
      if (isFramePlanned) return;
      isFramePlanned = true;
      onFrame(() => {
        isFramePlanned = false;
        if (this.#running?.live !== live) return;
        show(false);
        this.merge({ canAnswerNow: this.#canAnswerNow(live) });
      });
    };
    const request: ChatRequest = {
      model: model === '' ? undefined : model,
      messages: wireMessages(systemPrompt, before),
      options: requestOptions(settings.get()),
    };
    try {
      for await (const event of streamChat(access, request, controller.signal)) {
        live.take(event);
        if (live.isTooLong) break;
        plan();
      }
    } catch (cause) {
      if (cause instanceof ServerProblem) live.end({ kind: 'failed', problem: cause.problem });
    }
    live.end({ kind: controller.signal.aborted ? 'stopped' : 'cut' });
    this.#running = undefined;
    connection.isBusy = false;
    show(true, Date.now());
    this.merge({ writingIn: undefined, canAnswerNow: false });
    const answer = live.snapshot();
    onEnd(answer);
    const { ending } = answer;
    const isLost = ending.kind === 'failed' && ending.problem.kind === 'unreachable';
    if (isLost) connection.noticeLoss();
    else void connection.check();
  }

  #canAnswerNow(live: LiveAnswer): boolean {
    const features = this.#parts.connection.get().status?.features ?? [];
    return live.isThinking && live.serverId !== undefined && features.includes('answer_now');
  }

  /** The chosen one while the server has it. */
  #modelName(): string {
    const { models } = this.#parts.connection.get();
    const { model } = this.#parts.settings.get();
    return models.length === 0 || models.includes(model) ? model : (models[0] as string);
  }
}

/** A title that the reader gave stays when the first question is edited. */
function keptTitle({ title, messages }: Conversation): string | undefined {
  const isOurs = title === '' || title === titleFrom(messages[0]?.text ?? '');
  return isOurs ? undefined : title;
}

/** Earlier thinking is not sent: templates drop it. Answers that failed said nothing. */
function wireMessages(systemPrompt: string, messages: readonly Message[]): ChatRequest['messages'] {
  const wire: { role: 'system' | 'user' | 'assistant'; content: string }[] = [];
  if (systemPrompt.trim() !== '') wire.push({ role: 'system', content: systemPrompt });
  for (const { role, text } of messages) {
    if (text === '') continue;
    const last = wire.at(-1);
    // Two questions in a row, the first unanswered: one turn, as templates want turns to alternate.
    if (last?.role === 'user' && role === 'user') last.content += `\n\n${text}`;
    else wire.push({ role, content: text });
  }
  return wire;
}
