/**
 * A grammar over characters as nodes over bytes, in arrays: what the automaton runs. Also how deep
 * a stack each node needs at least, so that the automaton never enters what it could not leave,
 * and which bytes the grammar never tells apart. Refuses what is too large; a rule that begins
 * with itself is a mistake of ours.
 */
import assert from 'node:assert/strict';
import { error } from '../../base/errors.ts';
import { normalRanges, otherRanges } from '../../formats/grammar/code-points.ts';
import type { CodePointRange, Grammar, GrammarDocument } from '../../formats/grammar/grammar.ts';
import { freeTextStates } from './free-text.ts';
import { leftRecursiveNode, stackNeeds } from './program-analysis.ts';
import { type ByteRanges, utf8Ranges } from './utf8-ranges.ts';

export const nodeKind = { bytes: 0, sequence: 1, choice: 2, repeat: 3, alias: 4 } as const;
export const unlimited = 0x3ffff;
const maxNodes = 0x1ffff;
/** Of a grammar's tree: its readers recurse. */
const maxNesting = 500;

const documentLimits = {
  nodes: maxNodes,
  repetitions: unlimited - 1,
  nesting: maxNesting,
} as const;

/** A tag's private bytes where the vocabulary has it as a token. */
export type TagBytes = (text: string) => Uint8Array | undefined;

export class ByteProgram {
  readonly kinds: number[] = [];
  /** bytes: index of its set, alone; sequence, choice: nodes; repeat, alias: one node. */
  readonly children: (readonly number[])[] = [];
  /** Of a repeat; `unlimited` = no most. */
  readonly mins: number[] = [];
  readonly maxes: number[] = [];
  readonly byteSets: Uint8Array[] = [];
  /** The answer's form, and the same behind thinking and `</think>`. */
  readonly root: number;
  readonly rootAfterThinking: number;
  /** Frames of the stack that a node needs above those beneath it. */
  readonly needs: Float64Array;
  /** Byte → class; bytes of one class are in the same sets. */
  readonly classOf: Uint8Array;
  readonly numClasses: number;
  readonly #tagBytes: TagBytes;
  readonly #rules: ReadonlyMap<string, Grammar>;
  readonly #ruleNodes = new Map<string, number>();
  readonly #pending: string[] = [];
  readonly #known = new Map<string, number>();
  /** By byte: the node that is this byte alone. */
  readonly #byteNodes: number[] = [];

  constructor(document: GrammarDocument, tagBytes: TagBytes) {
    this.#tagBytes = tagBytes;
    this.#rules = document.rules;
    this.root = this.#node(document.root, 0);
    this.rootAfterThinking = this.#thinking();
    for (let name = this.#pending.pop(); name !== undefined; name = this.#pending.pop()) {
      const body = this.#rules.get(name);
      assert(body !== undefined, `the grammar has no rule ${name}`);
      this.children[this.#ruleNodes.get(name) as number] = [this.#node(body, 0)];
    }
    const recursive = leftRecursiveNode(this);
    assert(recursive === undefined, 'a rule of the grammar begins with itself');
    this.needs = stackNeeds(this);
    ({ classOf: this.classOf, numClasses: this.numClasses } = byteClasses(this.byteSets));
  }

  /** Thinking may be anything; then its end, line breaks as they follow it, the answer. */
  #thinking(): number {
    const close = '</think>';
    const breaks = this.#repeat(this.#literal(Buffer.from('\n')), 0, 2);
    return this.#add(nodeKind.sequence, [
      this.#freeText([close]),
      ...[this.#tag(close), breaks, this.root],
    ]);
  }

  #node(grammar: Grammar, depth: number): number {
    if (depth > maxNesting) throw tooComplex('nesting', depth);
    switch (grammar.kind) {
      case 'literal':
        return this.#literal(Buffer.from(grammar.text));
      case 'class':
        return this.#characters(
          grammar.isNegated ? otherRanges(grammar.ranges) : normalRanges(grammar.ranges),
        );
      case 'sequence':
        return this.#list(nodeKind.sequence, grammar.items, depth);
      case 'choice':
        return this.#list(nodeKind.choice, grammar.options, depth);
      case 'repeat':
        return this.#repeat(this.#node(grammar.item, depth + 1), grammar.min, grammar.max);
      case 'rule':
        return this.#rule(grammar.name);
      case 'tag':
        return this.#tag(grammar.text);
      case 'freeText':
        return this.#freeText(grammar.until);
    }
  }

  #list(kind: number, items: readonly Grammar[], depth: number): number {
    if (items.length === 1) return this.#node(items[0], depth + 1);
    return this.#add(
      kind,
      items.map((item) => this.#node(item, depth + 1)),
    );
  }

  #rule(name: string): number {
    let node = this.#ruleNodes.get(name);
    if (node === undefined) {
      node = this.#fresh(nodeKind.alias, []);
      this.#ruleNodes.set(name, node);
      this.#pending.push(name);
    }
    return node;
  }

  #repeat(item: number, min: number, max: number = unlimited): number {
    if (min > documentLimits.repetitions || (max > documentLimits.repetitions && max !== unlimited))
      throw tooComplex('repetitions', Math.max(min, max));
    assert(min >= 0 && max >= min, 'a repetition has at least none and at most no fewer');
    return this.#add(nodeKind.repeat, [item], min, max);
  }

  #literal(bytes: Uint8Array): number {
    const items = Array.from(bytes, (byte) => {
      this.#byteNodes[byte] ??= this.#byteSet([[byte, byte]]);
      return this.#byteNodes[byte];
    });
    return items.length === 1 ? items[0] : this.#add(nodeKind.sequence, items);
  }

  #tag(text: string): number {
    return this.#literal(this.#tagBytes(text) ?? Buffer.from(text));
  }

  #characters(ranges: readonly CodePointRange[]): number {
    const key = `characters ${ranges.join(' ')}`;
    const known = this.#known.get(key) ?? this.#newCharacters(ranges);
    this.#known.set(key, known);
    return known;
  }

  #newCharacters(ranges: readonly CodePointRange[]): number {
    // First bytes with the same bytes after them are one set.
    const firstBytes = new Map<number | undefined, ByteRanges[number][]>();
    for (const [first, ...rest] of utf8Ranges(ranges)) {
      const node = rest.length === 0 ? undefined : this.#bytesInRow(rest);
      firstBytes.set(node, [...(firstBytes.get(node) ?? []), first]);
    }
    const options = Array.from(firstBytes, ([rest, first]) => {
      const set = this.#byteSet(first);
      return rest === undefined ? set : this.#add(nodeKind.sequence, [set, rest]);
    });
    return options.length === 1 ? options[0] : this.#add(nodeKind.choice, options);
  }

  #bytesInRow(ranges: ByteRanges): number {
    const sets = ranges.map((range) => this.#byteSet([range]));
    return sets.length === 1 ? sets[0] : this.#add(nodeKind.sequence, sets);
  }

  #byteSet(ranges: readonly (readonly [number, number])[]): number {
    const key = `bytes ${ranges.join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const set = new Uint8Array(256);
    for (const [first, last] of ranges) set.fill(1, first, last + 1);
    this.byteSets.push(set);
    const node = this.#fresh(nodeKind.bytes, [this.byteSets.length - 1]);
    this.#known.set(key, node);
    return node;
  }

  /** One node per state of looking for the tags that are spelled in letters. */
  #freeText(until: readonly string[]): number {
    const spelled = until.filter((text) => this.#tagBytes(text) === undefined);
    const states = freeTextStates(spelled);
    const nodes = states.map(() => this.#fresh(nodeKind.alias, []));
    const end = this.#add(nodeKind.sequence, []);
    states.forEach((edges, i) => {
      const steps = edges.map(({ ranges, to }) =>
        this.#add(nodeKind.sequence, [this.#characters(ranges), nodes[to]]),
      );
      this.children[nodes[i]] = [this.#add(nodeKind.choice, [end, ...steps])];
    });
    return nodes[0];
  }

  /** A node of these parts; the same parts are the same node. */
  #add(kind: number, children: readonly number[], min = 0, max = 0): number {
    const key = `${kind} ${min} ${max} ${children.join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const node = this.#fresh(kind, children, min, max);
    this.#known.set(key, node);
    return node;
  }

  #fresh(kind: number, children: readonly number[], min = 0, max = 0): number {
    if (this.kinds.length >= maxNodes) throw tooComplex('nodes', this.kinds.length);
    this.kinds.push(kind);
    this.children.push(children);
    this.mins.push(min);
    this.maxes.push(max);
    return this.kinds.length - 1;
  }
}

function tooComplex(what: keyof typeof documentLimits, found: number) {
  const expected = documentLimits[what];
  return error('grammar_too_complex', { found: `${found} ${what}`, expected });
}

function byteClasses(sets: readonly Uint8Array[]): { classOf: Uint8Array; numClasses: number } {
  let classOf = new Uint8Array(256);
  let numClasses = 1;
  for (const set of sets) {
    const renamed = new Map<number, number>();
    classOf = classOf.map((old, byte) => {
      const key = old * 2 + set[byte];
      const name = renamed.get(key) ?? renamed.size;
      renamed.set(key, name);
      return name;
    });
    numClasses = renamed.size;
  }
  return { classOf, numClasses };
}
