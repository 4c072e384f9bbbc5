/**
 * Runs a byte program. A state is the set of stacks that the bytes so far leave possible; states
 * and steps between them are worked out when first met and kept, so that what comes again costs a
 * look-up. Refuses what needs too many at once; a full automaton is replaced (compiled-grammar.ts).
 */
import { error } from '../../base/errors.ts';
import { type ByteProgram, nodeKind, unlimited } from './byte-program.ts';
import { StackFrame } from './stack-frame.ts';

/** Deepest stack: a few frames for each level of nested JSON. */
const maxDepth = 1000;
/** Of a base (see `apart`): the frames that a token can add above it stay below `maxDepth`. */
const maxBaseDepth = 300;
/** Looked at for one mask and the token that follows it: most need a few thousand. */
const maxFramesPerMask = 200_000;
/** Kept before the automaton counts as full. */
const maxStates = 8_000;
const maxFrames = 400_000;
const maxMaskBytes = 24 * 2 ** 20;

export interface ShortMask {
  /** Tokens that stay above the base, or end on it. */
  readonly mask: Uint32Array;
  /** Nodes of the trie where the base is reached with bytes still to come; -1 = the root. */
  readonly crossings: readonly number[];
}

export class AutomatonState {
  /** Each has a byte set on top. */
  readonly tops: readonly StackFrame[];
  /** Nothing more needs to come. */
  readonly isComplete: boolean;
  /** By class of byte; undefined = not worked out yet. */
  readonly steps: (AutomatonState | undefined)[];
  /** By class: what `steps` has, found again by the frames that survive the byte. */
  readonly byFrames = new Map<string, AutomatonState>();
  /** Tokens that may come next. */
  mask: Uint32Array | undefined;
  /** Of short tokens; see token-masks.ts. */
  short: ShortMask | undefined;

  constructor(tops: readonly StackFrame[], isComplete: boolean, numClasses: number) {
    this.tops = tops;
    this.isComplete = isComplete;
    this.steps = new Array<AutomatonState | undefined>(numClasses).fill(undefined);
  }

  get isDead(): boolean {
    return this.tops.length === 0 && !this.isComplete;
  }
}

export class Automaton {
  readonly program: ByteProgram;
  /** Where no byte leads on. */
  readonly dead: AutomatonState;
  maskBytes = 0;
  readonly #bottom = StackFrame.bottom();
  readonly #states = new Map<string, AutomatonState>();
  /** A byte of each class. */
  readonly #byteOf: Uint8Array;
  #numSearches = 0;
  #framesOfMask = 0;
  readonly #work: StackFrame[] = [];

  constructor(program: ByteProgram) {
    this.program = program;
    this.#byteOf = new Uint8Array(program.numClasses);
    for (let byte = 255; byte >= 0; byte--) this.#byteOf[program.classOf[byte]] = byte;
    this.dead = this.#state([], false);
  }

  get isFull(): boolean {
    const { size } = this.#states;
    return size > maxStates || this.#bottom.count > maxFrames || this.maskBytes > maxMaskBytes;
  }

  start(node: number): AutomatonState {
    this.#begin();
    this.#push(node, this.#bottom);
    return this.#search();
  }

  /** Counts work from here on: one mask must not need too much. */
  beginMask(): void {
    this.#framesOfMask = 0;
  }

  step(state: AutomatonState, byteClass: number): AutomatonState {
    const known = state.steps[byteClass];
    if (known !== undefined) return known;
    const { children, byteSets } = this.program;
    const byte = this.#byteOf[byteClass];
    this.#begin();
    let key = '';
    for (const top of state.tops) {
      if (byteSets[children[top.node][0]][byte] === 0) continue;
      const next = top.next as StackFrame;
      if (next.mark === this.#numSearches) continue;
      this.#visit(next);
      key += `${next.id} `;
    }
    let next = state.byFrames.get(key);
    if (next === undefined) {
      next = this.#search();
      state.byFrames.set(key, next);
    }
    state.steps[byteClass] = next;
    return next;
  }

  /** Where the stack is this frame's. */
  enter(frame: StackFrame): AutomatonState {
    this.#begin();
    this.#visit(frame);
    return this.#search();
  }

  /** The same state in this automaton. */
  adopt(state: AutomatonState): AutomatonState {
    const copy = (frame: StackFrame): StackFrame =>
      frame.next === undefined
        ? this.#bottom
        : copy(frame.next).push(frame.node, frame.low, frame.high);
    return this.#state(state.tops.map(copy), state.isComplete);
  }

  /**
   * The state with every counter cut to `most`, one more than the bytes of the tokens in question:
   * none of them can tell the two apart, so long strings share the masks of endless ones.
   */
  bounded(state: AutomatonState, most: number): AutomatonState {
    const memo = new Map<StackFrame, StackFrame>();
    const bound = (frame: StackFrame): StackFrame => {
      if (frame.next === undefined) return frame;
      let known = memo.get(frame);
      if (known === undefined) {
        const isRepeat = this.program.kinds[frame.node] === nodeKind.repeat;
        const low = isRepeat ? Math.min(frame.low, most) : frame.low;
        const high = isRepeat && frame.high > most ? unlimited : frame.high;
        known = bound(frame.next).push(frame.node, low, high);
        memo.set(frame, known);
      }
      return known;
    };
    return this.#state([...new Set(state.tops.map(bound))], state.isComplete);
  }

  /**
   * The state as if the stack ended at its base, the deepest frame that all its stacks share: what
   * does not reach the base is the same wherever such a state stands. Undefined where nothing is
   * shared, or the stack is so deep that its limit comes into sight.
   */
  apart(state: AutomatonState): { state: AutomatonState; base: StackFrame } | undefined {
    const base = state.isComplete ? undefined : sharedFrame(state.tops);
    if (base?.next === undefined || base.depth > maxBaseDepth) return undefined;
    const memo = new Map<StackFrame, StackFrame>([[base, this.#bottom]]);
    const move = (frame: StackFrame): StackFrame => {
      let known = memo.get(frame);
      if (known === undefined) {
        known = move(frame.next as StackFrame).push(frame.node, frame.low, frame.high);
        memo.set(frame, known);
      }
      return known;
    };
    return { state: this.#state(state.tops.map(move), false), base };
  }

  #begin(): void {
    this.#numSearches++;
    this.#work.length = 0;
  }

  /** Puts a node on the stack, unless there could be no way back down from it. */
  #push(node: number, next: StackFrame): void {
    const { kinds, needs, mins, maxes } = this.program;
    if (next.depth + needs[node] > maxDepth) return;
    const isRepeat = kinds[node] === nodeKind.repeat;
    this.#visit(isRepeat ? next.push(node, mins[node], maxes[node]) : next.push(node, 0, 0));
  }

  #visit(frame: StackFrame): void {
    if (frame.mark === this.#numSearches) return;
    frame.mark = this.#numSearches;
    this.#work.push(frame);
  }

  /** From the frames visited so far to all that can be on top without reading a byte. */
  #search(): AutomatonState {
    const { kinds, children } = this.program;
    const tops: StackFrame[] = [];
    let isComplete = false;
    for (let frame = this.#work.pop(); frame !== undefined; frame = this.#work.pop()) {
      if (++this.#framesOfMask > maxFramesPerMask) throw tooComplex();
      if (frame.next === undefined) isComplete = true;
      else if (kinds[frame.node] === nodeKind.bytes) tops.push(frame);
      else this.#expand(frame, frame.next, children[frame.node]);
    }
    return this.#state(tops, isComplete);
  }

  #expand(frame: StackFrame, next: StackFrame, children: readonly number[]): void {
    const { node, low, high } = frame;
    const kind = this.program.kinds[node];
    if (kind === nodeKind.sequence) {
      if (low === children.length) this.#visit(next);
      else {
        const isLast = low === children.length - 1;
        this.#push(children[low], isLast ? next : next.push(node, low + 1, 0));
      }
    } else if (kind === nodeKind.repeat) {
      if (low === 0) this.#visit(next);
      if (high === 0) return;
      const left = high === unlimited ? unlimited : high - 1;
      const rest = left === 0 ? next : next.push(node, Math.max(0, low - 1), left);
      this.#push(children[0], rest);
    } else for (const child of children) this.#push(child, next);
  }

  #state(tops: StackFrame[], isComplete: boolean): AutomatonState {
    tops.sort((a, b) => a.id - b.id);
    let key = isComplete ? '.' : '';
    for (const { id } of tops) key += `${id} `;
    let state = this.#states.get(key);
    if (state === undefined) {
      state = new AutomatonState(tops, isComplete, this.program.numClasses);
      this.#states.set(key, state);
    }
    return state;
  }
}

/** The deepest frame under all of them. */
function sharedFrame(tops: readonly StackFrame[]): StackFrame | undefined {
  let shared = tops[0]?.next;
  for (const top of tops) {
    let frame = top.next;
    while (shared !== frame && shared !== undefined && frame !== undefined) {
      if (shared.depth >= frame.depth) shared = shared.next;
      else frame = frame.next;
    }
  }
  return shared;
}

function tooComplex() {
  const found = 'too many ways to go on for one token';
  return error('grammar_too_complex', { found, expected: maxFramesPerMask });
}
