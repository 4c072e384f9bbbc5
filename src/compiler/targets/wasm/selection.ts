/**
 * One routine while it becomes a WebAssembly function: which local holds which value, and what lies
 * on the stack. Every value has a local of its own, made when it is first wanted; the runtime's
 * compiler sees through the traffic. Only a value that the next operation takes first, and that
 * nothing else takes, stays on the stack.
 *
 * An int is an i32: addresses wrap at 4 GiB, and two ints are compared as signed numbers.
 */
import type { Address, Op, Routine, Type, Value } from '../../ir/types.ts';
import type { WasmFeatures } from './features.ts';
import type { FunctionEmitter, Local } from './function-emitter.ts';
import type { InstructionName } from './instruction.ts';
import type { Memarg } from './instruction-emitter.ts';
import type { opcodes, ValueType } from './opcodes-table.ts';

/** Instructions with nothing behind the opcode. */
export type PlainInstruction = {
  [Name in InstructionName]: (typeof opcodes)[Name] extends readonly [string, string]
    ? Name
    : never;
}[InstructionName];

/**
 * Nothing that a routine reads or writes lies below this address. So base + index, which is the
 * address less its displacement, never wraps below 0 for a displacement smaller than this, and the
 * displacement may be the instruction's own offset, which does not wrap.
 */
export const lowestAddress = 65_536;

export class Selection {
  readonly f: FunctionEmitter;
  readonly features: WasmFeatures;
  readonly #uses: Int32Array;
  readonly #locals = new Map<number, Local>();
  readonly #temps: Local[] = [];
  /** On top of the stack, not yet in its local. */
  #pending: Value | undefined;

  readonly #memoryOf: (address: Address) => number;

  /** `memoryOf`: the number of the memory that an address is in. */
  constructor(
    f: FunctionEmitter,
    features: WasmFeatures,
    routine: Routine,
    memoryOf: (address: Address) => number,
  ) {
    this.f = f;
    this.features = features;
    this.#memoryOf = memoryOf;
    this.#uses = countUses(routine);
    const params = Object.values(f.params);
    routine.inputs.forEach((input, i) => {
      this.#locals.set(input.id, params[i]);
    });
  }

  /** Puts a value on the stack. */
  push(value: Value): void {
    if (this.#pending === value) {
      this.#pending = undefined;
      return;
    }
    this.flush();
    this.f['local.get'](this.#localOf(value));
  }

  /** Where a value is, for operations that want it more than once. */
  local(value: Value): Local {
    this.flush();
    return this.#localOf(value);
  }

  /** The top of the stack is this value from now on. */
  define(value: Value): void {
    this.#pending = value;
    const uses = this.#uses[value.id];
    if (uses !== 1 || value.isVariable) this.flush();
  }

  /** Nothing may lie on the stack where control or another operand begins. */
  flush(): void {
    const value = this.#pending;
    if (!value) return;
    this.#pending = undefined;
    this.f['local.set'](this.#localOf(value));
  }

  /** Pushes the address; the load or store adds the rest. */
  pushAddress(address: Address): Memarg {
    const { base, index, scale, disp } = address;
    const memory = this.#memoryOf(address);
    this.push(base);
    if (index) {
      this.push(index);
      if (scale > 1) {
        this.f['i32.const'](Math.log2(scale));
        this.f['i32.shl']();
      }
      this.f['i32.add']();
    }
    if (disp >= 0 && disp < lowestAddress) return { offset: disp, align: 1, memory };
    this.f['i32.const'](disp);
    this.f['i32.add']();
    return { align: 1, memory };
  }

  /** A v128 local for use inside one operation. */
  temp(index: number): Local {
    this.#temps[index] ??= this.f.local('v128');
    return this.#temps[index];
  }

  /** Pushes 16 bytes. */
  constant(bytes: Uint8Array): void {
    if (bytes.every((byte) => byte === 0)) this.f['v128.const'](bytes);
    else this.f['local.get'](this.f.constant(bytes));
  }

  /** Pushes the same 32 bits in every lane. */
  splat32(bits: number): void {
    this.constant(new Uint8Array(new Int32Array(4).fill(bits).buffer));
  }

  #localOf(value: Value): Local {
    let local = this.#locals.get(value.id);
    if (!local) {
      local = this.f.local(valueTypeOf(value.type));
      this.#locals.set(value.id, local);
    }
    return local;
  }
}

function valueTypeOf(type: Type): ValueType {
  if (type === 'tile') throw new Error('WebAssembly has no matrix unit');
  if (type === 'int') return 'i32';
  return type === 'f32' ? 'f32' : 'v128';
}

function countUses({ body, numValues }: Routine): Int32Array {
  const uses = new Int32Array(numValues);
  const use = (value: Value | undefined) => {
    if (value) uses[value.id]++;
  };
  const visit = (ops: readonly Op[]) => {
    for (const op of ops) {
      if (op.kind === 'op') {
        for (const arg of op.args) use(arg);
        use(op.address?.base);
        use(op.address?.index);
      } else if (op.kind === 'loop') {
        use(op.start);
        use(op.end);
        visit(op.body);
      } else {
        use(op.left);
        use(op.right);
        visit(op.then);
        visit(op.else);
      }
    }
  };
  visit(body);
  return uses;
}
