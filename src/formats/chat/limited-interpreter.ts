/**
 * Runs a Jinja template from a file nobody vouches for. Work, memory, sizes and time are bounded by
 * the size of what the template is given: every node that is evaluated is charged for what it and
 * the next operation on its value can cost, so that no single step outruns the limits. The library
 * (0.5.11) has none of its own; this hooks the one method all of its evaluation goes through.
 */
import { type Environment, Interpreter } from '@huggingface/jinja';

/** What is used of the library's types, which do not resolve under nodenext. */
interface Node {
  readonly type: string;
  readonly object?: Node;
  readonly property?: Node;
  readonly operand?: Node;
  readonly filter?: Node;
  readonly callee?: Node;
  readonly args?: readonly Node[];
  readonly iterable?: Node;
  readonly lhs?: Node;
  readonly body?: readonly Node[];
  /** A name, a literal, or a nested node. */
  readonly value?: unknown;
}

interface Value {
  readonly type: string;
  value: unknown;
}

type Scope = InstanceType<typeof Environment>;

interface LibraryInterpreter {
  run(program: unknown): Value;
  evaluate(node: Node | undefined, scope: Scope): Value;
}

const Library = Interpreter as unknown as new (scope: Scope) => LibraryInterpreter;

interface Weight {
  /** Characters of the value written out: what joining, comparing or printing it can cost. */
  readonly chars: number;
  readonly height: number;
}

/** Why a template was stopped; the caller makes it the user's error. */
export class TemplateLimit extends Error {}

const maxHeight = 64;

export class LimitedInterpreter extends Library {
  readonly #maxChars: number;
  readonly #templateChars: number;
  readonly #deadlineMs: number;
  #budget: number;
  #steps = 0;
  /** Of arrays and objects, which do not change once made. */
  readonly #weights = new WeakMap<object, Weight>();

  constructor(environment: Scope, inputChars: number, templateChars: number, timeMs: number) {
    super(environment);
    this.#maxChars = 1_000_000 + 4 * inputChars;
    this.#budget = 500_000 + 20 * inputChars;
    this.#templateChars = templateChars;
    this.#deadlineMs = performance.now() + timeMs;
  }

  override evaluate(node: Node | undefined, environment: Scope): Value {
    if (node === undefined) return super.evaluate(node, environment);
    if (node instanceof Known) return node.known;
    const value = this.#reference(node, environment);
    this.#charge(this.#weigh(value, 0).chars / 16);
    return value;
  }

  /** For a value that is looked into, not used whole: `messages` in `messages[0]` costs nothing. */
  #reference(node: Node, environment: Scope): Value {
    if (node instanceof Known) return node.known;
    if (++this.#steps % 32 === 0 && performance.now() > this.#deadlineMs) {
      throw new TemplateLimit('it takes too long');
    }
    this.#charge(1);
    switch (node.type) {
      case 'For':
        return this.#loop(node, environment);
      case 'MemberExpression': {
        const object = this.#reference(node.object!, environment);
        if (node.property?.type === 'SliceExpression') this.#charge(sizeOf(object));
        const value = super.evaluate(changed(node, { object: new Known(object) }), environment);
        if (typeof object.value === 'string')
          this.#guardMethod(object.value, String(node.property?.value), value);
        return value;
      }
      case 'FilterExpression':
        return this.#filter(node.operand!, node, environment);
      case 'FilterStatement': {
        const block = { type: 'Program', body: node.body! };
        return this.#filter(block, changed(node, { type: 'FilterExpression' }), environment);
      }
      case 'Macro':
      case 'CallStatement':
        this.#charge(this.#templateChars / 8); // the library searches its body for two names
        break;
    }
    return super.evaluate(node, environment);
  }

  /** The library walks the whole list before the first step of the body. */
  #loop(node: Node, environment: Scope): Value {
    const iterable = node.iterable!;
    const isFiltered = iterable.type === 'SelectExpression';
    const list = this.#reference(isFiltered ? iterable.lhs! : iterable, environment);
    this.#charge(4 * sizeOf(list));
    const known = new Known(list);
    const over = isFiltered ? changed(iterable, { lhs: known }) : known;
    return super.evaluate(changed(node, { iterable: over }), environment);
  }

  /** Arguments first, so that the sizes they ask for are known before the library makes them. */
  #filter(operandNode: Node, node: Node, environment: Scope): Value {
    const { filter } = node;
    const isLook = filter?.type === 'Identifier' && looks.has(String(filter.value));
    const operand = isLook
      ? this.#reference(operandNode, environment)
      : this.evaluate(operandNode, environment);
    const known = { operand: new Known(operand) };
    if (filter?.type !== 'CallExpression') {
      return super.evaluate(changed(node, known), environment);
    }
    const values: Value[] = [];
    const evaluated = (arg: Node) => {
      values.push(this.evaluate(arg, environment));
      return new Known(values[values.length - 1]);
    };
    const args = filter.args!.map((arg) => {
      if (arg.type.includes('Spread'))
        throw new TemplateLimit('it spreads arguments into a filter');
      if (arg.type === 'KeywordArgumentExpression') {
        return changed(arg, { value: evaluated(arg.value as Node) });
      }
      const known = evaluated(arg);
      return arg.type === 'StringLiteral' ? arg : known; // some filters want literals
    });
    this.#guardFilter(String(filter.callee?.value), operand, values);
    return super.evaluate(
      changed(node, { ...known, filter: changed(filter, { args }) }),
      environment,
    );
  }

  #guardFilter(name: string, operand: Value, values: readonly Value[]): void {
    if (name === 'replace') this.#guardReplace(operand.value, values[0]?.value, values[1]?.value);
    if (name === 'join') {
      const separators = values.map((value) => this.#weigh(value, 0).chars);
      this.#checkChars(sizeOf(operand) * Math.max(0, ...separators));
    }
    if (name !== 'indent' && name !== 'tojson') return;
    for (const value of values) {
      const width = typeof value.value === 'number' ? value.value : this.#weigh(value, 0).chars;
      if (width > 64) throw new TemplateLimit(`it calls ${name} with ${width}`);
      this.#charge((this.#weigh(operand, 0).chars * Math.max(0, width)) / 64);
    }
  }

  /** A method of a string costs the string when called; replace can make far more of it. */
  #guardMethod(text: string, name: string, method: Value): void {
    if (method?.type !== 'FunctionValue') return;
    const call = method.value as (args: Value[], scope: Scope) => Value;
    if (guarded.has(call)) return;
    const guard = (args: Value[], scope: Scope) => {
      this.#charge(text.length / 4);
      this.#guardReplace(text, args[0]?.value, args[1]?.value);
      const chars = args[0]?.value;
      if (!name.endsWith('strip') || typeof chars !== 'string') return call(args, scope);
      const result = call([], scope); // the library knows strip() without an argument only
      result.value = strip(text, chars, name);
      return result;
    };
    guarded.add(guard);
    method.value = guard;
  }

  #guardReplace(text: unknown, from: unknown, to: unknown): void {
    if (typeof text !== 'string' || typeof from !== 'string' || typeof to !== 'string') return;
    const growth = to.length - from.length;
    if (growth <= 0) return;
    const count = from === '' ? text.length + 1 : text.split(from).length - 1;
    this.#checkChars(text.length + count * growth);
  }

  /** Everything inside included: a list of a list of a list, each twice, is small but prints long. */
  #weigh(value: Value | undefined, depth: number): Weight {
    const content: unknown = value?.value;
    if (typeof content === 'string') return { chars: this.#checkChars(content.length), height: 0 };
    if (content === null || typeof content !== 'object') return leaf;
    const isNamespace = value!.type === 'NamespaceValue'; // changes, so it is weighed anew
    if (isNamespace && depth > 0) throw new TemplateLimit('it puts a namespace inside a value');
    const known = this.#weights.get(content);
    if (known !== undefined) return known;
    let chars = 8;
    let height = 0;
    if (depth > maxHeight)
      throw new TemplateLimit(`its values are nested deeper than ${maxHeight}`);
    for (const part of content instanceof Map ? content.values() : (content as Value[])) {
      const inner = this.#weigh(part, depth + 1);
      chars = this.#checkChars(chars + 8 + inner.chars);
      height = Math.max(height, 1 + inner.height);
    }
    if (height > maxHeight) {
      throw new TemplateLimit(`its values are nested deeper than ${maxHeight}`);
    }
    const weight = { chars, height };
    if (!isNamespace) this.#weights.set(content, weight);
    return weight;
  }

  #checkChars(chars: number): number {
    if (chars > this.#maxChars) {
      throw new TemplateLimit(`it makes a value of more than ${this.#maxChars} characters`);
    }
    return chars;
  }

  #charge(cost: number): void {
    this.#budget -= cost;
    if (this.#budget < 0) throw new TemplateLimit('it takes too many steps');
  }
}

/** A node that is already evaluated. */
class Known {
  readonly type = 'Known';
  readonly known: Value;

  constructor(known: Value) {
    this.known = known;
  }
}

/** Filters that do not read all of what they are given. */
const looks: ReadonlySet<string> = new Set(['length', 'first', 'last', 'list', 'safe']);

const guarded = new WeakSet<object>();
const leaf: Weight = { chars: 1, height: 0 };

function changed(node: Node, fields: object): Node {
  return Object.assign(Object.create(Object.getPrototypeOf(node)), node, fields);
}

function sizeOf(value: Value): number {
  const content: unknown = value.value;
  if (typeof content === 'string' || Array.isArray(content)) return content.length;
  return content instanceof Map ? content.size : 0;
}

/** Python's strip, lstrip and rstrip of these characters. */
function strip(text: string, chars: string, name: string): string {
  const from = name === 'rstrip' ? 0 : text.length - withoutStart([...text], chars).join('').length;
  if (name === 'lstrip') return text.slice(from);
  const rest = withoutStart([...text.slice(from)].reverse(), chars);
  return rest.reverse().join('');
}

function withoutStart(letters: string[], chars: string): string[] {
  const set = new Set(chars);
  const first = letters.findIndex((letter) => !set.has(letter));
  return first < 0 ? [] : letters.slice(first);
}
