/**
 * A row of the opcode table, read: what the emitter, the stack check and the tests work with.
 */
import { ByteWriter } from './byte-writer.ts';
import { type OpcodeRow, opcodes, type ValueType } from './opcodes-table.ts';

export type InstructionName = keyof typeof opcodes;
export type Feature = 'simd' | 'relaxedSimd' | 'threads';

export interface Instruction {
  readonly name: InstructionName;
  readonly opcode: Uint8Array;
  readonly operands: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly constant: 'i32' | 'i64' | 'f32' | 'v128' | 'shuffle' | undefined;
  /** Bytes it reads or writes at an address: the largest alignment it may claim. */
  readonly memoryBytes: number | undefined;
  /** An atomic access claims exactly its own size. */
  readonly isAtomic: boolean;
  readonly numLanes: number | undefined;
  /** Zero bytes behind the opcode: numbers of memories, the fence's order. */
  readonly numZeros: number;
  /** What a runtime needs beyond WebAssembly 1 with sign extension and bulk memory. */
  readonly feature: Feature | undefined;
}

export const instructions: ReadonlyMap<InstructionName, Instruction> = new Map(
  Object.entries(opcodes).map(([name, row]) => {
    return [name as InstructionName, parseRow(name as InstructionName, row)];
  }),
);

function parseRow(name: InstructionName, [opcode, types, kind]: OpcodeRow): Instruction {
  const immediate: string = kind ?? '';
  const [operands, results] = types.split('->').map((side) => side.trim().split(' '));
  return {
    name,
    opcode: opcodeBytes(opcode),
    operands: operands.filter((type) => type !== '') as ValueType[],
    results: results.filter((type) => type !== '') as ValueType[],
    constant: /^(i32|i64|f32|v128|shuffle)$/.test(immediate)
      ? (immediate as Instruction['constant'] & string)
      : undefined,
    memoryBytes: numberBehind(/(?:mem|atomic)(\d+)/, immediate),
    isAtomic: immediate.startsWith('atomic'),
    numLanes: numberBehind(/lane(\d+)/, immediate),
    numZeros: immediate === 'two memories' ? 2 : immediate === 'memory' ? 1 : 0,
    feature: featureOf(opcode),
  };
}

/** '6a' is one byte; 'fd:113' a prefix and a number. */
function opcodeBytes(opcode: string): Uint8Array {
  const [first, second] = opcode.split(':');
  const writer = new ByteWriter();
  writer.byte(Number.parseInt(first, 16));
  if (second !== undefined) writer.u32(Number.parseInt(second, 16));
  return writer.bytes;
}

function numberBehind(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function featureOf(opcode: string): Feature | undefined {
  const [prefix, second] = opcode.split(':');
  if (prefix === 'fe') return 'threads';
  if (prefix !== 'fd') return undefined;
  return Number.parseInt(second, 16) >= 0x100 ? 'relaxedSimd' : 'simd';
}
