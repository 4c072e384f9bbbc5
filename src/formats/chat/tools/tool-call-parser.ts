/**
 * Finds calls of tools in an answer while it is written. A call is given as soon as its name is
 * certain, then its arguments as they come. What begins like a call and is none, for instance of
 * a tool that was not offered, is text again: nothing is lost but white space around calls.
 * Thinking does not come here: what looks like a call in it stays thinking.
 */
import { beginningAtEnd, type CallBody, JsonBody, ParametersBody } from './call-body.ts';
import { isSpace, matchSteps } from './match-steps.ts';
import type { CallForm, ToolSyntax } from './tool-syntax.ts';

export type ToolPiece =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'toolCall';
      readonly index: number;
      readonly id: string;
      readonly name: string;
    }
  | { readonly type: 'toolArguments'; readonly index: number; readonly text: string };

/** A call that was written to its end. */
export interface ParsedCall {
  readonly id: string;
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
  /** The arguments as the model wrote them, to write them so again. */
  readonly body: string;
}

/** Something that matches no step: with it behind the last text nothing is undecided. */
const end = '\u0000';
/** What is longer and still no call never becomes one. */
const maxHeadChars = 2000;
/** White space that is held back because a call may follow. */
const maxSpace = 256;

export class ToolCallParser {
  readonly #syntax: ToolSyntax;
  readonly #names: ReadonlySet<string>;
  readonly #newId: () => string;
  readonly #calls: ParsedCall[] = [];
  /** Text that was not decided on. */
  #buffer = '';
  #state: 'text' | 'body' | 'object' | 'trailer' = 'text';
  #isEnd = false;
  #numCalls = 0;
  // Of the call in hand.
  #open: { readonly id: string; readonly name: string; arguments: string; body: string };
  #body: CallBody = new JsonBody();
  /** An object that is read whole first: all since the text before it, and itself. */
  #object = { raw: '', marker: 0, json: '' };

  constructor(syntax: ToolSyntax, names: Iterable<string>, newId: () => string = newCallId) {
    this.#syntax = syntax;
    this.#names = new Set(names);
    this.#newId = newId;
    this.#open = { id: '', name: '', arguments: '', body: '' };
  }

  get numCalls(): number {
    return this.#numCalls;
  }
  get calls(): readonly ParsedCall[] {
    return this.#calls;
  }

  push(text: string): ToolPiece[] {
    const pieces: ToolPiece[] = [];
    if (text === '') return pieces;
    this.#buffer += text;
    while (this.#advance(pieces)) {}
    return pieces;
  }

  /** What was held back. Call once, at the end. */
  flush(): ToolPiece[] {
    const pieces: ToolPiece[] = [];
    this.#isEnd = true;
    while (this.#advance(pieces)) {}
    const rest = this.#buffer;
    this.#buffer = '';
    if (this.#state === 'body') this.#giveArguments(this.#body.rest(rest), pieces);
    else if (this.#numCalls === 0 || rest.trim() !== '') giveText(rest, pieces);
    return pieces;
  }

  /** One step; false when it needs more text. */
  #advance(pieces: ToolPiece[]): boolean {
    switch (this.#state) {
      case 'text':
        return this.#readText(pieces);
      case 'body':
        return this.#readBody(pieces);
      case 'object':
        return this.#readObject(pieces);
      case 'trailer':
        return this.#readTrailer();
    }
  }

  #readText(pieces: ToolPiece[]): boolean {
    const { markers, forms } = this.#syntax;
    const at = firstOf(markers, this.#buffer);
    if (at < 0) {
      const held = this.#isEnd
        ? 0
        : Math.max(...markers.map((marker) => beginningAtEnd(this.#buffer, marker)));
      this.#giveUpTo(this.#buffer.length - held, pieces);
      return false;
    }
    const rest = this.#buffer.slice(at);
    for (const form of forms) {
      const isDecided = this.#isEnd || rest.length > maxHeadChars;
      const found = matchSteps(form.steps, isDecided ? rest + end : rest, this.#names);
      if (found === 'more') {
        this.#giveUpTo(at, pieces);
        return false;
      }
      if (found === 'no') continue;
      this.#giveUpTo(at, pieces);
      this.#begin(form, rest, found.length, found.name ?? '', pieces);
      return true;
    }
    this.#giveMarker(at, pieces);
    return true;
  }

  /** It begins like a call and is none. */
  #giveMarker(at: number, pieces: ToolPiece[]): void {
    const marker = this.#syntax.markers.find((each) => this.#buffer.startsWith(each, at));
    const length = at + (marker ?? '').length;
    giveText(this.#buffer.slice(0, length), pieces);
    this.#buffer = this.#buffer.slice(length);
  }

  /** White space at the end is held: before a call it belongs to the call. */
  #giveUpTo(length: number, pieces: ToolPiece[]): void {
    let known = length;
    const least = Math.max(0, length - maxSpace);
    while (known > least && isSpace(this.#buffer.charCodeAt(known - 1))) known--;
    giveText(this.#buffer.slice(0, known), pieces);
    this.#buffer = this.#buffer.slice(known);
  }

  #begin(form: CallForm, rest: string, length: number, name: string, pieces: ToolPiece[]): void {
    this.#body = form.body === 'parameters' ? new ParametersBody() : new JsonBody();
    const before = this.#buffer.slice(0, this.#buffer.length - rest.length);
    this.#buffer = rest.slice(length);
    if (form.body === 'object') {
      this.#state = 'object';
      const raw = before + rest.slice(0, length);
      this.#object = { raw, marker: before.length, json: '' };
      return;
    }
    this.#state = 'body';
    this.#announce(name, pieces);
  }

  #announce(name: string, pieces: ToolPiece[]): void {
    const id = this.#newId();
    this.#open = { id, name, arguments: '', body: '' };
    pieces.push({ type: 'toolCall', index: this.#numCalls++, id, name });
  }

  #readBody(pieces: ToolPiece[]): boolean {
    const { taken, json, isDone } = this.#body.read(this.#buffer);
    this.#open.body += this.#buffer.slice(0, taken);
    this.#buffer = this.#buffer.slice(taken);
    this.#giveArguments(json, pieces);
    if (!isDone) return false;
    if (this.#open.arguments === '') this.#giveArguments('{}', pieces);
    this.#close();
    return true;
  }

  /** An object with name and arguments, in another order or with its arguments as a text. */
  #readObject(pieces: ToolPiece[]): boolean {
    const { taken, json, isDone } = this.#body.read(this.#buffer);
    this.#object.raw += this.#buffer.slice(0, taken);
    this.#object.json += json;
    this.#buffer = this.#buffer.slice(taken);
    if (!isDone && !this.#isEnd) return false;
    const call = isDone ? callOf(this.#object.json) : undefined;
    if (call === undefined || !this.#names.has(call.name)) {
      this.#state = 'text';
      this.#buffer = this.#object.raw + this.#buffer;
      this.#giveMarker(this.#object.marker, pieces);
      return true;
    }
    this.#announce(call.name, pieces);
    this.#giveArguments(call.arguments, pieces);
    this.#open.body = call.arguments;
    this.#close();
    return true;
  }

  #giveArguments(text: string, pieces: ToolPiece[]): void {
    if (text === '') return;
    this.#open.arguments += text;
    pieces.push({ type: 'toolArguments', index: this.#numCalls - 1, text });
  }

  #close(): void {
    this.#open.body ||= this.#syntax.bodyOf('{}');
    this.#calls.push(this.#open);
    this.#state = 'trailer';
  }

  #readTrailer(): boolean {
    const found = matchSteps(this.#syntax.trailer, this.#buffer, this.#names);
    if (found === 'more' && !this.#isEnd) return false;
    // The end came within a call's own end: that is nobody's text.
    const length = found === 'more' ? this.#buffer.length : found === 'no' ? 0 : found.length;
    this.#buffer = this.#buffer.slice(length);
    this.#state = 'text';
    return true;
  }
}

function giveText(text: string, pieces: ToolPiece[]): void {
  if (text !== '') pieces.push({ type: 'text', text });
}

function firstOf(texts: readonly string[], text: string): number {
  let first = -1;
  for (const each of texts) {
    const at = text.indexOf(each);
    if (at >= 0 && (first < 0 || at < first)) first = at;
  }
  return first;
}

function callOf(json: string): { readonly name: string; readonly arguments: string } | undefined {
  try {
    const { name, arguments: args, parameters } = JSON.parse(json);
    const value = args ?? parameters ?? {};
    const object = typeof value === 'string' ? JSON.parse(value || '{}') : value;
    const isObject = typeof object === 'object' && object !== null && !Array.isArray(object);
    if (typeof name !== 'string' || !isObject) return undefined;
    return { name, arguments: typeof value === 'string' ? value || '{}' : JSON.stringify(object) };
  } catch {
    return undefined;
  }
}

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idLetters = 24;

/** `call_` and 24 of 62 letters, each as likely as the other: bytes from 248 on are drawn again. */
export function newCallId(): string {
  let id = 'call_';
  while (id.length < 'call_'.length + idLetters) {
    for (const byte of crypto.getRandomValues(new Uint8Array(idLetters))) {
      if (byte < 248 && id.length < 'call_'.length + idLetters) id += letters[byte % 62];
    }
  }
  return id;
}
