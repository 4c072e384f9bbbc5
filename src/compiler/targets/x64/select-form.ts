/**
 * Which form of a mnemonic takes these operands: kinds, masks, ranges of immediates, and registers
 * 16-31 which only EVEX reaches. Throws where none does, and where memory of several widths would
 * do and the operand does not say which.
 */
import { encodings, type Mnemonic } from './encodings-table.ts';
import { type Form, formsOf, type OperandSpec } from './forms.ts';
import { Label } from './label.ts';
import { Memory } from './memory-operand.ts';
import { type Cl, type Gp, Opmask, type Tile, Vector } from './registers.ts';

export type Operand = Gp | Vector | Opmask | Tile | Cl | Memory | Label | number | bigint;

/** The first form that takes these operands at this position of the code. */
export function selectForm(mnemonic: Mnemonic, operands: readonly Operand[], here: number): Form {
  const forms = formsOf.get(mnemonic) as readonly Form[];
  const first = forms.find((form) => accepts(form, operands, here));
  if (!first) throw new Error(refusal(mnemonic, operands));
  const bits = memoryBits(first, operands);
  for (const form of forms) {
    if (bits > 0 && accepts(form, operands, here) && memoryBits(form, operands) !== bits) {
      throw new Error(
        `${shown(mnemonic, operands)}: say how wide the memory is: at(…).sized(bits)`,
      );
    }
  }
  return first;
}

function accepts(form: Form, operands: readonly Operand[], here: number): boolean {
  if (operands.length !== form.operands.length) return false;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i] as Operand;
    const spec = form.operands[i] as OperandSpec;
    if (!fits(operand, spec, here) || !masksFit(operand, spec.masking)) return false;
    if (form.encoding !== 'evex' && needsEvex(operand)) return false;
  }
  return true;
}

function masksFit(operand: Operand, masking: OperandSpec['masking']): boolean {
  if (!(operand instanceof Vector || operand instanceof Memory || operand instanceof Opmask)) {
    return true;
  }
  if (operand.opmask === undefined) return masking !== 'K';
  const isZeroing = operand instanceof Vector && operand.isZeroing;
  return masking === 'z' || (masking !== '' && !isZeroing);
}

function needsEvex(operand: Operand): boolean {
  const vector = operand instanceof Memory ? operand.index : operand;
  return vector instanceof Vector && vector.index > 15;
}

/** The range of each immediate word. imm8 and imm32 take either reading of their bits. */
const immediateRange: Record<string, readonly [number | bigint, number | bigint]> = {
  one: [1, 1],
  imm8s: [-0x80, 0x7f],
  imm8: [-0x80, 0xff],
  imm32s: [-0x8000_0000, 0x7fff_ffff],
  imm32: [-0x8000_0000, 0xffff_ffff],
  imm64: [-0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn],
};

function fits(operand: Operand, spec: OperandSpec, here: number): boolean {
  if (typeof operand === 'number' || typeof operand === 'bigint') {
    return immediateFits(operand, spec.words[0] as string);
  }
  if (operand instanceof Memory) {
    if (operand.indexKind !== 'plain') return spec.gatherIndex === operand.indexKind;
    if (operand.isBroadcast) return spec.broadcastBits > 0;
    return spec.memoryBits > 0 && (operand.bits ?? spec.memoryBits) === spec.memoryBits;
  }
  if (operand instanceof Label) {
    if (spec.words[0] === 'rel32') return true;
    const { position } = operand;
    return spec.words[0] === 'rel8' && position !== undefined && position - (here + 2) >= -128;
  }
  return spec.words.includes(operand.kind) || (spec.role === 'A' && isAccumulator(operand, spec));
}

function immediateFits(value: number | bigint, word: string): boolean {
  const range = immediateRange[word];
  if (!range || (typeof value === 'number' && !Number.isSafeInteger(value))) return false;
  return value >= range[0] && value <= range[1];
}

/** eax and rax are words of their own. */
function isAccumulator(operand: Gp | Vector | Opmask | Tile | Cl, spec: OperandSpec): boolean {
  return operand.toString() === spec.words[0];
}

/** What the memory operand of a form measures; 0 where it has none. */
export function memoryBits(form: Form, operands: readonly Operand[]): number {
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (!(operand instanceof Memory)) continue;
    const { memoryBits, broadcastBits } = form.operands[i] as OperandSpec;
    if (operand.indexKind !== 'plain') return 32;
    return operand.isBroadcast ? broadcastBits : memoryBits;
  }
  return 0;
}

function kindOf(operand: Operand): string {
  if (operand instanceof Memory) {
    return operand.isBroadcast ? 'broadcast' : `m${operand.bits ?? ''}`;
  }
  if (operand instanceof Label) return 'label';
  return typeof operand === 'object' ? operand.kind : 'immediate';
}

function shown(mnemonic: Mnemonic, operands: readonly Operand[]): string {
  return `${mnemonic} ${operands.join(', ')} (${operands.map(kindOf).join(', ')})`;
}

function refusal(mnemonic: Mnemonic, operands: readonly Operand[]): string {
  const known = encodings[mnemonic].map(([form]) => form).join(' | ');
  return `${shown(mnemonic, operands)}: no such form; known are ${known}`;
}
