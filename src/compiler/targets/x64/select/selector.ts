/**
 * What the files of select/ work with: virtual registers of IR values, and operands in whatever
 * form is cheapest where they are used – a register, a load that waited for its only use, a
 * constant of the pool. Instructions are appended in the order of the code.
 */
import type { Address, Simple, Type, Value } from '../../../ir/types.ts';
import { emitMove, intConstant, loadConstant, move } from '../moves.ts';
import { constantOf } from '../output.ts';
import { hasDot4, type X64Features } from '../traits.ts';
import type {
  Constant,
  Emit,
  MemoryForm,
  RegisterType,
  VirtualInstruction,
  VirtualMemory,
  VirtualOperand,
  VirtualRegister,
} from '../virtual-instruction.ts';

/** A load that was not emitted yet. */
export interface Waiting {
  readonly address: Address;
  readonly form: 'vector' | 'splat' | 'scalar';
}

const registerTypes: Readonly<Record<Type, RegisterType>> = {
  ...{ int: 'int', f32: 'f32', tile: 'tile', tile_a: 'tile_a', tile_b: 'tile_b' },
  ...{ i8x: 'vector', i16x: 'vector', i32x: 'vector', f32x: 'vector' },
};

export class Selector {
  readonly features: X64Features;
  /** Vectors are zmm, with embedded broadcasts and opmasks. */
  readonly isWide: boolean;
  readonly hasDot4: boolean;
  readonly vectorBytes: number;
  instructions: VirtualInstruction[] = [];
  /** Constants of the outermost loop that is being selected: their loads go in front of it. */
  hoisted: Map<string, VirtualRegister> | undefined;

  #numRegisters = 0;
  readonly #registers = new Map<number, VirtualRegister>();
  readonly #aliases = new Map<number, Value>();
  readonly #ints = new Map<number, number>();
  readonly #constants = new Map<number, Constant>();
  readonly #waiting = new Map<number, Waiting>();

  constructor(features: X64Features) {
    this.features = features;
    this.isWide = features.avx512;
    this.hasDot4 = hasDot4(features);
    this.vectorBytes = this.isWide ? 64 : 32;
  }

  push(
    roles: string,
    operands: readonly VirtualOperand[],
    emit: Emit,
    memoryForm?: MemoryForm,
  ): void {
    this.instructions.push({ roles, operands, emit, memoryForm });
  }

  newRegister(
    type: RegisterType,
    more: { fixed?: number; constant?: Constant; isShort?: boolean } = {},
  ): VirtualRegister {
    const { fixed, constant, isShort = false } = more;
    return { kind: 'register', id: this.#numRegisters++, type, fixed, constant, isShort };
  }

  // What a value is.

  define(value: Value, register = this.newRegister(registerTypes[value.type])): VirtualRegister {
    const known = this.#registers.get(value.id);
    if (known) return known;
    this.#registers.set(value.id, register);
    return register;
  }

  /** The register that the operation writes. */
  result(op: Simple): VirtualRegister {
    return this.define(op.result as Value);
  }

  resolve(value: Value): Value {
    return this.#aliases.get(value.id) ?? value;
  }

  alias(value: Value, other: Value): void {
    this.#aliases.set(value.id, this.resolve(other));
  }

  /** A number that is known now; a variable must be set to it all the same. */
  setInt(value: Value, number: number): void {
    if (value.isVariable) this.instructions.push(move(this.define(value), number));
    else this.#ints.set(value.id, number);
  }

  /** `bytes` are repeated to fill a vector; of a f32 they are its own 4. */
  setConstant(value: Value, bytes: Uint8Array): void {
    const constant = constantOf(bytes, this.vectorBytes);
    if (value.isVariable) this.instructions.push(loadConstant(this.define(value), constant));
    else this.#constants.set(value.id, constant);
  }

  wait(value: Value, waiting: Waiting): void {
    this.#waiting.set(value.id, waiting);
  }

  /** Forgets the load, which the caller passes on. */
  takeWaiting(value: Value): Waiting {
    const { id } = this.resolve(value);
    const waiting = this.#waiting.get(id) as Waiting;
    this.#waiting.delete(id);
    return waiting;
  }

  knownInt(value: Value): number | undefined {
    return this.#ints.get(this.resolve(value).id);
  }

  knownConstant(value: Value): Constant | undefined {
    return this.#constants.get(this.resolve(value).id);
  }

  waiting(value: Value): Waiting | undefined {
    return this.#waiting.get(this.resolve(value).id);
  }

  /** Whether it would rather be the operand that may be in memory. */
  prefersMemory(value: Value): boolean {
    return this.waiting(value) !== undefined || this.knownConstant(value) !== undefined;
  }

  assertNothingWaits(): void {
    if (this.#waiting.size > 0) throw new Error('a load waits for a use that never came');
  }

  // Operands.

  /** Whatever it is, in a register. */
  register(value: Value): VirtualRegister {
    const resolved = this.resolve(value);
    const int = this.#ints.get(resolved.id);
    if (int !== undefined) return this.intRegister(int);
    const constant = this.#constants.get(resolved.id);
    if (constant) return this.#constantIn(registerTypes[resolved.type], constant);
    if (this.#waiting.has(resolved.id)) {
      const register = this.newRegister(registerTypes[resolved.type]);
      this.loadWaiting(value, register);
      return register;
    }
    const register = this.#registers.get(resolved.id);
    if (!register) throw new Error(`v${resolved.id} is used before it is made`);
    return register;
  }

  /** In a register, or in memory in a form that the instruction takes. */
  operand(value: Value, form: MemoryForm): VirtualRegister | VirtualMemory {
    const { id } = this.resolve(value);
    const constant = this.#constants.get(id);
    if (constant && !this.hoisted) return poolMemory(constant);
    const waiting = this.#waiting.get(id);
    if (!waiting || !this.#takes(form, waiting.form)) return this.register(value);
    const memory = this.address(this.takeWaiting(value).address);
    return waiting.form === 'splat' ? { ...memory, isBroadcast: true } : memory;
  }

  /** Operands of which one may be in memory, whichever: a load that waits, or else the second. */
  oneInMemory(values: readonly Value[], form: MemoryForm): (VirtualRegister | VirtualMemory)[] {
    const waiting = values.findLastIndex((value) => this.waiting(value));
    const chosen = waiting >= 0 ? waiting : 1;
    const registers = values.map((value, i) => (i === chosen ? undefined : this.register(value)));
    return registers.map((register, i) => register ?? this.operand(values[i], form));
  }

  /** A vector that repeats `bytes`, in a register. */
  constantRegister(bytes: Uint8Array): VirtualRegister {
    return this.#constantIn('vector', constantOf(bytes, this.vectorBytes));
  }

  intRegister(value: number): VirtualRegister {
    return this.#constantIn('int', intConstant(value));
  }

  /** A number that an instruction takes as its immediate, or a register. */
  int(value: Value): VirtualRegister | number {
    const number = this.knownInt(value);
    return number !== undefined && number === (number | 0) ? number : this.register(value);
  }

  address({ base, index, scale, disp }: Address): VirtualMemory {
    const baseRegister = this.register(base);
    const number = index && this.knownInt(index);
    const far = number === undefined ? disp : disp + number * scale;
    const indexRegister = index && number === undefined ? this.register(index) : undefined;
    const place = { base: baseRegister, index: indexRegister, scale, disp: far };
    return { kind: 'memory', ...place, isBroadcast: false };
  }

  /** The load that waited, now, into that register. */
  loadWaiting(value: Value, to: VirtualRegister): void {
    const { address, form } = this.takeWaiting(value);
    this.emitLoad(to, this.address(address), form);
  }

  emitLoad(to: VirtualRegister, memory: VirtualMemory, form: Waiting['form']): void {
    if (form !== 'splat') this.instructions.push(move(to, memory));
    else this.push('du', [to, memory], (out, [d, s]) => out.emit('vbroadcastss', d, s));
  }

  /** Any value into a register of its own: what a variable is set to. */
  moveInto(to: VirtualRegister, value: Value): void {
    const constant = this.knownConstant(value);
    if (this.waiting(value)) this.loadWaiting(value, to);
    else if (constant) this.instructions.push(loadConstant(to, constant));
    else {
      const from = this.knownInt(value) ?? this.register(value);
      if (from !== to) this.instructions.push(move(to, from));
    }
  }

  /**
   * An instruction that changes its first source: `emit` gets (d, …others) with the source in d.
   * The other sources are still read after d is written.
   */
  pushTied(
    to: VirtualRegister,
    tied: VirtualRegister,
    others: readonly VirtualOperand[],
    letters: string,
    emit: Emit,
    memoryForm?: MemoryForm,
  ): void {
    const isOverwritten = tied !== to && others.includes(to);
    const d = isOverwritten ? this.newRegister(to.type) : to;
    const moving: Emit = (out, operands) => {
      const [into, from, ...rest] = operands;
      emitMove(out, to.type, into, from);
      emit(out, [into, ...rest]);
    };
    this.push(`dh${letters}`, [d, tied, ...others], moving, memoryForm);
    if (isOverwritten) this.instructions.push(move(to, d));
  }

  #takes(form: MemoryForm, waiting: Waiting['form']): boolean {
    if (waiting === 'splat') return form === 'broadcast' && this.isWide;
    if (waiting === 'scalar') return form === 'scalar';
    return form === 'full' || form === 'broadcast';
  }

  #constantIn(type: RegisterType, constant: Constant): VirtualRegister {
    const key = `${type} ${constant.bytes.join()}`;
    const known = this.hoisted?.get(key);
    if (known) return known;
    const register = this.newRegister(type, { constant });
    if (this.hoisted) this.hoisted.set(key, register);
    else this.instructions.push(loadConstant(register, constant));
    return register;
  }
}

function poolMemory(base: Constant): VirtualMemory {
  const place = { base, index: undefined, scale: 1, disp: 0, isBroadcast: false } as const;
  return { kind: 'memory', ...place };
}
