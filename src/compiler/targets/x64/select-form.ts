/**
 * Which form of a mnemonic takes these operands: kinds, masks, ranges of immediates, and registers
 * 16-31 which only EVEX reaches. Throws where none does, and where memory of several widths would
 * do and the operand does not say which.
 */
import { encodings, type Mnemonic } from './encodings-table.ts';
import { type Form, formsOf, type OperandSpec } from './forms.ts';
import { Label } from './label.ts';
import { Memory } from './memory-operand.ts';
import { type Cl, type Gp, Opmask, Vector } from './registers.ts';

export type Operand = Gp | Vector | Opmask | Cl | Memory | Label | number | bigint;

/** The first form that takes these operands at this position of the code. */
export function selectForm(mnemonic: Mnemonic, operands: readonly Operand[], here: number): Form {
  const forms = (formsOf.get(mnemonic) as readonly Form[]).filter((form) =>
    accepts(form, operands, here),
  );
  const [first] = forms;
  if (!first) throw new Error(refusal(mnemonic, operands));
  const sizes = new Set(forms.map((form) => memoryBits(form, operands)));
  if (sizes.size > 1) {
    throw new Error(`${shown(mnemonic, operands)}: say how wide the memory is: at(…).sized(bits)`);
  }
  return first;
}

function accepts(form: Form, operands: readonly Operand[], here: number): boolean {
  return (
    operands.length === form.operands.length &&
    operands.every((operand, i) => {
      const spec = form.operands[i] as OperandSpec;
      return (
        masksFit(operand, spec.masking) &&
        (form.encoding === 'evex' || !needsEvex(operand)) &&
        spec.words.some((word) => fits(operand, word, here))
      );
    })
  );
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
const immediateRange: Record<string, readonly [bigint, bigint]> = {
  one: [1n, 1n],
  imm8s: [-0x80n, 0x7fn],
  imm8: [-0x80n, 0xffn],
  imm32s: [-0x8000_0000n, 0x7fff_ffffn],
  imm32: [-0x8000_0000n, 0xffff_ffffn],
  imm64: [-0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn],
};

function fits(operand: Operand, word: string, here: number): boolean {
  if (typeof operand === 'number' || typeof operand === 'bigint') {
    const range = immediateRange[word];
    if (!range || (typeof operand === 'number' && !Number.isSafeInteger(operand))) return false;
    return BigInt(operand) >= range[0] && BigInt(operand) <= range[1];
  }
  if (operand instanceof Label) {
    if (word === 'rel32') return true;
    const { position } = operand;
    return word === 'rel8' && position !== undefined && position - (here + 2) >= -128;
  }
  if (operand instanceof Memory) {
    if (operand.indexKind !== 'plain') return word === `vm32${operand.indexKind[0]}`;
    if (operand.isBroadcast) return word === 'b32' || word === 'b64';
    return /^m\d/.test(word) && (operand.bits === undefined || word === `m${operand.bits}`);
  }
  if (word === 'eax' || word === 'rax') return operand.toString() === word;
  return operand.kind === word;
}

/** What the memory operand of a form measures; 0 where it has none. */
export function memoryBits(form: Form, operands: readonly Operand[]): number {
  const index = operands.findIndex((operand) => operand instanceof Memory);
  if (index < 0) return 0;
  const { isBroadcast, indexKind } = operands[index] as Memory;
  if (indexKind !== 'plain') return 32;
  const wanted = isBroadcast ? /^b(\d+)$/ : /^m(\d+)$/;
  const word = form.operands[index]?.words.find((word) => wanted.test(word)) as string;
  return Number(wanted.exec(word)?.[1]);
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
