/**
 * Where allocated instructions go: the assembler, and a listing of it as text that is made only
 * when somebody asks. Knows which views of registers and which forms of constants the target has.
 */
import { Assembler } from './assembler.ts';
import type { Mnemonic } from './encodings-table.ts';
import { asText } from './instruction-text.ts';
import type { Label } from './label.ts';
import type { Memory } from './memory-operand.ts';
import { Gp, gp32, Vector, xmm, ymm, zmm } from './registers.ts';
import type { Operand } from './select-form.ts';
import type { Constant, MachineOperand, MemoryForm, RegisterType } from './virtual-instruction.ts';

type Line = string | { readonly mnemonic: Mnemonic; readonly operands: readonly Operand[] };

export class Output {
  readonly assembler = new Assembler();
  /** Vectors are zmm, else ymm. */
  readonly isWide: boolean;
  readonly #lines: Line[] = [];
  readonly #labels = new Map<number, Label>();

  constructor(isWide: boolean) {
    this.isWide = isWide;
  }

  emit(mnemonic: Mnemonic, ...operands: Operand[]): void {
    this.assembler.emit(mnemonic, operands);
    this.#lines.push({ mnemonic, operands });
  }

  /** A line of the listing that is no instruction. */
  note(text: string): void {
    this.#lines.push(text);
  }

  label(number: number): Label {
    const label = this.#labels.get(number) ?? this.assembler.label(`L${number}`);
    this.#labels.set(number, label);
    return label;
  }

  bind(number: number, note = ''): void {
    this.assembler.bind(this.label(number));
    this.note(`L${number}:${note}`);
  }

  listing(): string {
    const lines = this.#lines.map((line) =>
      typeof line === 'string' ? line : `  ${asText(line).replace('{load} ', '').trim()}`,
    );
    return lines.join('\n');
  }

  // Views of a register; memory and numbers stay what they are.

  /** The lowest 16 bytes. */
  x(operand: MachineOperand): MachineOperand {
    return operand instanceof Vector ? xmm[operand.index] : operand;
  }
  /** The lower half. */
  half(operand: MachineOperand): MachineOperand {
    return operand instanceof Vector ? (this.isWide ? ymm : xmm)[operand.index] : operand;
  }
  full(index: number): Vector {
    return (this.isWide ? zmm : ymm)[index];
  }
  r32(operand: MachineOperand): Operand {
    return operand instanceof Gp ? gp32[operand.index] : operand;
  }

  /** The constant in the pool, as a memory operand of that form. */
  constant({ bytes }: Constant, form: MemoryForm): Memory<'plain'> {
    const { assembler, isWide } = this;
    if (form === 'int') return assembler.constant(bytes);
    if (form === 'scalar') return assembler.constant(bytes.subarray(0, 4));
    if (form === 'broadcast' && isWide && bytes.length === 4) {
      return assembler.constant(bytes).broadcast();
    }
    return assembler.constant(repeated(bytes, isWide ? 64 : 32));
  }

  /** All lanes; the shortest instruction for it, which waits for nothing. */
  loadZero(to: MachineOperand): void {
    const low = this.x(to) as Vector;
    this.emit(low.index < 16 ? 'vpxor' : 'vpxord', low, low, low);
  }

  loadConstant(to: MachineOperand, constant: Constant, type: RegisterType): void {
    const { bytes } = constant;
    const [full, low] = [to as Vector, this.x(to) as Vector];
    if (bytes.every((byte) => byte === 0)) this.loadZero(to);
    else if (type === 'f32') {
      this.emit('vmovss', low, this.constant(constant, 'scalar'));
    } else if (bytes.every((byte) => byte === 255)) {
      if (this.isWide) this.emit('vpternlogd', full, full, full, 255);
      else this.emit('vpcmpeqd', full, full, full);
    } else if (bytes.length === 4) {
      this.emit('vbroadcastss', full, this.assembler.constant(bytes));
    } else if (bytes.length <= 16) {
      const broadcast = this.isWide ? 'vbroadcasti32x4' : 'vbroadcasti128';
      this.emit(broadcast, full, this.assembler.constant(repeated(bytes, 16)));
    } else {
      this.emit('vmovups', full, this.constant(constant, 'full'));
    }
  }
}

function repeated(bytes: Uint8Array, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => bytes[i % bytes.length]);
}

/** Of bytes that are repeated to fill a vector: the shortest period, of 4 bytes or more. */
export function constantOf(bytes: Uint8Array, vectorBytes: number): Constant {
  if (bytes.length === 0 || vectorBytes % bytes.length !== 0) {
    throw new Error(`a constant of ${bytes.length} bytes does not fill ${vectorBytes}`);
  }
  let period = 4;
  while (period < bytes.length && bytes.some((byte, i) => byte !== bytes[i % period])) period *= 2;
  return { kind: 'constant', bytes: repeated(bytes, period) };
}
