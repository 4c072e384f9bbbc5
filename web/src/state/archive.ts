/**
 * The conversations, in memory and in the database. A change is seen at once and saved soon after;
 * what is saved often (an answer while it is written) is saved at most once a second. Where the
 * browser does not save, `trouble` says why and the page works on. Other tabs of the page are told
 * what has changed, so that none of them writes an old state over a new one.
 */
import { type Conversation, newConversation } from './conversation.ts';
import type { Database } from './database.ts';
import { parseConversation } from './parse-conversation.ts';
import { Store } from './store.ts';

export interface ArchiveState {
  readonly isLoaded: boolean;
  /** The one changed last comes first. */
  readonly conversations: readonly Conversation[];
  readonly currentId: string | undefined;
  readonly trouble: 'full' | 'unavailable' | undefined;
}

/** To the page's other tabs: ids of conversations that they should read again. */
export interface TabChannel {
  postMessage(id: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

const saveDelayMs = 1000;

export class Archive extends Store<ArchiveState> {
  #database: Database | undefined;
  readonly #tabs: TabChannel | undefined;
  readonly #unsaved = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tabs?: TabChannel) {
    super({ isLoaded: false, conversations: [], currentId: undefined, trouble: undefined });
    this.#tabs = tabs;
    tabs?.addEventListener('message', ({ data }) => void this.#readAgain(String(data)));
  }

  async load(open: () => Promise<Database>, currentId: string | undefined): Promise<void> {
    try {
      this.#database = await open();
      const kept = (await this.#database.all()).map(parseConversation);
      const conversations = kept.filter((item) => item !== undefined).sort(byTime);
      // What was asked before the database answered stays.
      const early = this.get().conversations;
      const wanted = conversations.find(({ id }) => id === currentId)?.id;
      this.merge({
        isLoaded: true,
        conversations: [...early, ...conversations],
        currentId: this.get().currentId ?? wanted,
      });
    } catch {
      this.merge({ isLoaded: true, trouble: 'unavailable' });
    }
  }

  get current(): Conversation | undefined {
    const { conversations, currentId } = this.get();
    return conversations.find(({ id }) => id === currentId);
  }

  find(id: string): Conversation | undefined {
    return this.get().conversations.find((conversation) => conversation.id === id);
  }

  /** undefined = a new one, which comes to be with its first question. */
  open(id: string | undefined): void {
    this.merge({ currentId: id });
  }

  begin(): Conversation {
    const conversation = newConversation();
    this.merge({
      conversations: [conversation, ...this.get().conversations],
      currentId: conversation.id,
    });
    return conversation;
  }

  /** `isUrgent`: saved now, not with the next batch. */
  change(id: string, to: (conversation: Conversation) => Conversation, isUrgent = true): void {
    const { conversations } = this.get();
    const found = conversations.find((conversation) => conversation.id === id);
    if (found === undefined) return;
    const changed = to(found);
    const list = conversations.map((item) => (item === found ? changed : item));
    if (changed.updatedAt !== found.updatedAt) list.sort(byTime);
    this.merge({ conversations: list });
    this.#unsaved.add(id);
    if (isUrgent) void this.save();
    else this.#timer ??= setTimeout(() => void this.save(), saveDelayMs);
  }

  /** Returns what puts it back. */
  remove(id: string): (() => void) | undefined {
    const removed = this.find(id);
    if (removed === undefined) return undefined;
    const { conversations, currentId } = this.get();
    this.merge({
      conversations: conversations.filter((item) => item !== removed),
      currentId: currentId === id ? undefined : currentId,
    });
    this.#unsaved.delete(id);
    void this.#attempt((database) => database.delete(id)).then(() => this.#tabs?.postMessage(id));
    return () => {
      this.merge({
        conversations: [...this.get().conversations, removed].sort(byTime),
        currentId: id,
      });
      this.#unsaved.add(id);
      void this.save();
    };
  }

  async save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ids = [...this.#unsaved];
    this.#unsaved.clear();
    for (const id of ids) {
      const conversation = this.find(id);
      if (conversation === undefined) continue;
      const isSaved = await this.#attempt((database) => database.put(conversation));
      if (!isSaved) this.#unsaved.add(id);
      else if (!isBeingWritten(conversation)) this.#tabs?.postMessage(id);
    }
  }

  async #readAgain(id: string): Promise<void> {
    const value = await this.#database?.get(id).catch(() => undefined);
    const ours = this.find(id);
    if (this.#unsaved.has(id) || (ours !== undefined && isBeingWritten(ours))) return;
    const theirs = parseConversation(value);
    const { conversations, currentId } = this.get();
    const others = conversations.filter((conversation) => conversation.id !== id);
    if (theirs !== undefined) this.merge({ conversations: [...others, theirs].sort(byTime) });
    else if (ours !== undefined) {
      this.merge({
        conversations: others,
        currentId: currentId === id ? undefined : currentId,
      });
    }
  }

  /** Where the room was full and something was deleted, what was not saved is saved now. */
  async #attempt(work: (database: Database) => Promise<void>): Promise<boolean> {
    if (this.#database === undefined) return false;
    try {
      await work(this.#database);
      if (this.get().trouble === 'full') {
        this.merge({ trouble: undefined });
        if (this.#unsaved.size > 0) void this.save();
      }
      return true;
    } catch (cause) {
      const isFull = cause instanceof DOMException && cause.name === 'QuotaExceededError';
      this.merge({ trouble: isFull ? 'full' : 'unavailable' });
      return false;
    }
  }
}

function isBeingWritten({ messages }: Conversation): boolean {
  const last = messages.at(-1);
  return last?.role === 'assistant' && last.ending.kind === 'writing';
}

function byTime(a: Conversation, b: Conversation): number {
  return b.updatedAt - a.updatedAt;
}
