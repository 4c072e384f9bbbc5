/**
 * One method per row of the opcode table, named as in the specification's text:
 * `f['i32x4.dot_i16x8_s']()`, `f['v128.load']({ offset: 16 })`. Brackets, not dots, so that a name
 * can be found by searching for it and made from a type: f[`${type}.add`](). A method writes the
 * opcode and what follows it, and checks operands (operand-stack.ts) and immediates.
 */
import { ByteWriter } from './byte-writer.ts';
import { type Instruction, type InstructionName, instructions } from './instruction.ts';
import type { opcodes } from './opcodes-table.ts';
import { OperandStack } from './operand-stack.ts';

/**
 * Where behind the address, in bytes, a promise about the sum: a multiple of `align`, and in which
 * of the module's memories.
 */
export interface Memarg {
  readonly offset?: number;
  /** Left out: the access's own size. */
  readonly align?: number;
  /** What `importMemory` gave. Left out: the first one. */
  readonly memory?: number;
}

/** Of what is before the offset: all but the first memory are named. */
const hasMemoryNumber = 0x40;

type Arguments<Immediate> = Immediate extends 'i32' | 'f32'
  ? [value: number]
  : Immediate extends 'i64'
    ? [value: bigint]
    : Immediate extends 'v128'
      ? [value: ArrayBufferView]
      : Immediate extends 'shuffle'
        ? [lanes: ArrayLike<number>]
        : Immediate extends `mem${number} lane${number}`
          ? [memarg: Memarg, lane: number]
          : Immediate extends `mem${number}` | `atomic${number}`
            ? [memarg?: Memarg]
            : Immediate extends `lane${number}`
              ? [lane: number]
              : [];

type InstructionMethods = {
  readonly [Name in InstructionName]: (typeof opcodes)[Name] extends readonly [
    string,
    string,
    infer Immediate,
  ]
    ? (...args: Arguments<Immediate>) => void
    : () => void;
};

class InstructionWriter {
  readonly name: string;
  protected readonly code = new ByteWriter();
  protected readonly stack: OperandStack;
  #numInstructions = 0;
  /** By the number of the memory. */
  readonly #memoryInstructions: InstructionName[] = [];

  constructor(name: string) {
    this.name = name;
    this.stack = new OperandStack((instruction) => this.where(instruction));
  }

  /** An instruction that touches the highest memory which any does: a module must have that many. */
  get memoryInstruction(): { readonly name: InstructionName; readonly memory: number } | undefined {
    const memory = this.#memoryInstructions.length - 1;
    return memory < 0 ? undefined : { name: this.#memoryInstructions[memory], memory };
  }

  protected where(instruction: string): string {
    return `${this.name}, instruction ${this.#numInstructions} (${instruction})`;
  }

  protected countInstruction(): void {
    this.#numInstructions++;
  }

  protected emitInstruction(instruction: Instruction, args: readonly unknown[]): void {
    const { name, opcode, operands, results } = instruction;
    this.stack.apply(name, operands, results);
    this.code.raw(opcode);
    try {
      writeImmediates(this.code, instruction, args);
    } catch (cause) {
      throw new Error(`${this.where(name)}: ${(cause as Error).message}`, { cause });
    }
    if (instruction.memoryBytes !== undefined) {
      const { memory = 0 } = (args[0] as Memarg | undefined) ?? {};
      this.#memoryInstructions[memory] ??= name;
    } else if (name.startsWith('memory.')) this.#memoryInstructions[0] ??= name;
    this.countInstruction();
  }

  static {
    for (const [name, instruction] of instructions) {
      Object.defineProperty(InstructionWriter.prototype, name, {
        value(this: InstructionWriter, ...args: unknown[]) {
          this.emitInstruction(instruction, args);
        },
      });
    }
  }
}

/** The class above with the methods that its static block gives it. */
export const InstructionEmitter = InstructionWriter as unknown as new (
  name: string,
) => InstructionWriter & InstructionMethods;

function writeImmediates(out: ByteWriter, instruction: Instruction, args: readonly unknown[]) {
  const rest = [...args];
  if (instruction.constant) writeConstant(out, instruction.constant, rest.shift());
  if (instruction.memoryBytes !== undefined) {
    writeMemarg(out, instruction.memoryBytes, instruction.isAtomic, rest.shift() as Memarg);
  }
  if (instruction.numLanes !== undefined) {
    out.byte(laneBelow(instruction.numLanes, rest.shift() as number));
  }
  out.raw(new Uint8Array(instruction.numZeros));
}

function writeConstant(out: ByteWriter, kind: Instruction['constant'] & string, value: unknown) {
  if (kind === 'i32') return out.i32(value as number);
  if (kind === 'i64') return out.i64(value as bigint);
  if (kind === 'f32') return out.f32(value as number);
  if (kind === 'v128') {
    const { buffer, byteOffset, byteLength } = value as ArrayBufferView;
    if (byteLength !== 16) throw new Error(`expected 16 bytes, found ${byteLength}`);
    return out.raw(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const lanes = Array.from(value as ArrayLike<number>, (lane) => laneBelow(32, lane));
  if (lanes.length !== 16) throw new Error(`expected 16 lanes, found ${lanes.length}`);
  out.raw(lanes);
}

function writeMemarg(out: ByteWriter, accessBytes: number, isAtomic: boolean, memarg?: Memarg) {
  const { offset = 0, align = accessBytes, memory = 0 } = memarg ?? {};
  const isPower = Number.isInteger(Math.log2(align)) && align >= 1;
  if (!isPower || align > accessBytes || (isAtomic && align !== accessBytes)) {
    const expected = isAtomic ? `exactly ${accessBytes}` : `a power of two up to ${accessBytes}`;
    throw new Error(`alignment: expected ${expected} bytes, found ${align}`);
  }
  out.u32(Math.log2(align) | (memory > 0 ? hasMemoryNumber : 0));
  if (memory > 0) out.u32(memory);
  out.u32(offset);
}

function laneBelow(numLanes: number, lane: number): number {
  if (!Number.isInteger(lane) || lane < 0 || lane >= numLanes) {
    throw new Error(`lane: expected 0 to ${numLanes - 1}, found ${lane}`);
  }
  return lane;
}
