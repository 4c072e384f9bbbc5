/**
 * One function while it is written: parameters and locals, structured control and calls by the
 * specification's names; instructions of fixed types come from the table (instruction-emitter.ts).
 * Labels, locals and callees are objects, never numbers. Made by ModuleEmitter.function.
 *
 *   const again = f.loop();
 *   …
 *   f.br_if(again);
 *   f.end(again);
 */
import { ByteWriter } from './byte-writer.ts';
import { type Instruction, instructions } from './instruction.ts';
import { InstructionEmitter } from './instruction-emitter.ts';
import { structuredOpcodes, type ValueType, valueTypeCodes } from './opcodes-table.ts';
import { Label } from './operand-stack.ts';

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** What `call` takes: an imported function, or an emitter of the same module. */
export interface Callable {
  readonly name: string;
  readonly index: number;
  readonly type: FunctionType;
}

/** A parameter or a local variable; locals start as zero. */
export interface Local {
  readonly type: ValueType;
  readonly index: number;
}

const noBlockType = 0x40;
const v128Const = instructions.get('v128.const') as Instruction;

export class FunctionEmitter<Param extends string = string>
  extends InstructionEmitter
  implements Callable
{
  readonly index: number;
  readonly type: FunctionType;
  readonly params: Readonly<Record<Param, Local>>;
  readonly #locals: Local[] = [];
  readonly #constants = new Map<string, { readonly local: Local; readonly bytes: Uint8Array }>();
  readonly #callables: readonly Callable[];
  readonly #body: Label;

  /** `callables` are the module's functions, this one included: what may be called. */
  constructor(
    name: string,
    params: Readonly<Record<Param, ValueType>>,
    results: readonly ValueType[],
    callables: readonly Callable[],
  ) {
    super(name);
    this.index = callables.length;
    this.type = { params: Object.values(params), results };
    this.#callables = callables;
    const locals = Object.entries<ValueType>(params).map(([key, type]) => [key, this.local(type)]);
    this.params = Object.fromEntries(locals);
    this.#body = this.stack.open(new Label('function', results));
  }

  local(type: ValueType): Local {
    const local = { type, index: this.#locals.length };
    this.#locals.push(local);
    return local;
  }

  /**
   * A local that holds these 16 bytes from the start, the same for the same bytes. Runtimes make
   * what `v128.const` says anew, in three instructions, wherever it stands.
   */
  constant(bytes: Uint8Array): Local {
    const key = String(bytes);
    let constant = this.#constants.get(key);
    if (!constant) {
      constant = { local: this.local('v128'), bytes };
      this.#constants.set(key, constant);
    }
    return constant.local;
  }

  'local.get'(local: Local): void {
    this.#check('local.get', local);
    this.#emit('local.get', [], [local.type], local.index);
  }

  'local.set'(local: Local): void {
    this.#check('local.set', local);
    this.#emit('local.set', [local.type], [], local.index);
  }

  'local.tee'(local: Local): void {
    this.#check('local.tee', local);
    this.#emit('local.tee', [local.type], [local.type], local.index);
  }

  /** A branch to it leaves it. */
  block(result?: ValueType): Label {
    return this.#open('block', result);
  }

  /** A branch to it starts it again; the end falls through. */
  loop(result?: ValueType): Label {
    return this.#open('loop', result);
  }

  /** Takes an i32; runs what follows, up to else or end, when it is not 0. */
  if(result?: ValueType): Label {
    this.stack.pop('if', ['i32']);
    return this.#open('if', result);
  }

  else(label: Label): void {
    this.stack.else(label);
    this.#write('else');
  }

  /** Naming what is closed finds a wrong nesting where it is written. */
  end(label: Label): void {
    if (label === this.#body) throw new Error(`${this.where('end')}: the module ends functions`);
    this.stack.end(label);
    this.#write('end');
  }

  br(label: Label): void {
    const depth = this.stack.depthOf('br', label);
    this.#emit('br', label.branchOperands, [], depth);
    this.stack.becomeUnreachable('br');
  }

  br_if(label: Label): void {
    const depth = this.stack.depthOf('br_if', label);
    this.#emit('br_if', [...label.branchOperands, 'i32'], label.branchOperands, depth);
  }

  return(): void {
    this.#emit('return', this.type.results, []);
    this.stack.becomeUnreachable('return');
  }

  unreachable(): void {
    this.stack.becomeUnreachable('unreachable');
    this.#write('unreachable');
  }

  call(callee: Callable): void {
    if (this.#callables[callee.index] !== callee) {
      throw new Error(`${this.where('call')}: ${callee.name} is not a function of this module`);
    }
    this.#emit('call', callee.type.params, callee.type.results, callee.index);
  }

  drop(): void {
    this.stack.pop('drop', ['any']);
    this.#write('drop');
  }

  /** (a, b, i32) → a where the i32 is not 0, else b. */
  select(): void {
    const [a, b] = this.stack.pop('select', ['any', 'any', 'i32']);
    const type = a === 'any' ? b : a;
    this.stack.apply('select', [], [a, b]);
    this.#emit('select', [type, type], [type]);
  }

  /** Locals, constants and code, as the code section holds them. The function ends here. */
  finish(): Uint8Array {
    this.stack.end(this.#body);
    this.#write('end');
    const out = new ByteWriter();
    out.list(runsOfLocals(this.#locals.slice(this.type.params.length)), ({ type, count }) => {
      out.u32(count);
      out.byte(valueTypeCodes[type]);
    });
    for (const { local, bytes } of this.#constants.values()) {
      out.raw(v128Const.opcode);
      out.raw(bytes);
      out.byte(structuredOpcodes['local.set']);
      out.u32(local.index);
    }
    out.raw(this.code.bytes);
    return out.bytes;
  }

  #open(kind: 'block' | 'loop' | 'if', result: ValueType | undefined): Label {
    const label = this.stack.open(new Label(kind, result ? [result] : []));
    this.#write(kind);
    this.code.byte(result ? valueTypeCodes[result] : noBlockType);
    return label;
  }

  #emit(
    name: keyof typeof structuredOpcodes,
    operands: Parameters<typeof this.stack.apply>[1],
    results: Parameters<typeof this.stack.apply>[2],
    number?: number,
  ): void {
    this.stack.apply(name, operands, results);
    this.#write(name);
    if (number !== undefined) this.code.u32(number);
  }

  #write(name: keyof typeof structuredOpcodes): void {
    this.code.byte(structuredOpcodes[name]);
    this.countInstruction();
  }

  #check(instruction: string, local: Local): void {
    if (this.#locals[local.index] !== local) {
      throw new Error(`${this.where(instruction)}: the local is another function's`);
    }
  }
}

function runsOfLocals(locals: readonly Local[]): { type: ValueType; count: number }[] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const { type } of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return runs;
}
