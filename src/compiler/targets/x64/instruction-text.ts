/** An instruction as text: as GNU as reads it, and as the call that emits it. */
import type { Mnemonic } from './encodings-table.ts';
import { Memory } from './memory-operand.ts';
import { Gp, Opmask, Vector } from './registers.ts';
import { memoryBits, type Operand, selectForm } from './select-form.ts';

interface Instruction {
  readonly mnemonic: Mnemonic;
  readonly operands: readonly Operand[];
}

const pointers: Record<number, string> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  64: 'qword',
  128: 'xmmword',
  256: 'ymmword',
  512: 'zmmword',
};
const vectorBits = { xmm: 128, ymm: 256, zmm: 512 };

/** Intel syntax. Moves between registers have two encodings: {load} asks for the manual's first. */
export function asText(instruction: Instruction): string {
  const { mnemonic, operands } = instruction;
  const bits = memoryBits(selectForm(mnemonic, operands, 0), operands);
  const widest = Math.max(...operands.map((o) => (o instanceof Vector ? vectorBits[o.kind] : 0)));
  const texts = operands.map((operand) => {
    if (!(operand instanceof Memory)) return String(operand);
    const place = String(operand).replace('1toN', `1to${widest / bits}`);
    // What tiles are loaded and configured from has no name.
    const isNamed = bits in pointers && mnemonic !== 'ldtilecfg';
    return isNamed ? `${pointers[bits]} ptr ${place}` : place;
  });
  const isAllVectors = operands.length > 0 && operands.every((o) => o instanceof Vector);
  const name = mnemonic.replace('lock_', 'lock ').replace('vex_', '{vex} ');
  const prefix = isAllVectors && !mnemonic.startsWith('vex_') ? '{load} ' : '';
  return `${prefix}${name} ${texts.join(', ')}`;
}

/** `vaddps(zmm0.mask(k1), zmm1, at(rax))` */
export function callText({ mnemonic, operands }: Instruction): string {
  return `${mnemonic}(${operands.map(operandText).join(', ')})`;
}

function operandText(operand: Operand): string {
  if (typeof operand === 'bigint') return `${operand}n`;
  if (operand instanceof Memory) return memoryText(operand);
  if (operand instanceof Vector) {
    const name = `${operand.kind}${operand.index}`;
    const method = operand.isZeroing ? 'maskz' : 'mask';
    return operand.opmask ? `${name}.${method}(${operand.opmask})` : name;
  }
  if (operand instanceof Gp && operand.kind === 'r8') return `gp8[${operand.index}]`;
  if (operand instanceof Gp && operand.kind === 'r16') return `gp16[${operand.index}]`;
  if (operand instanceof Opmask && operand.opmask)
    return `k${operand.index}.mask(${operand.opmask})`;
  return String(operand);
}

function memoryText({ base, index, scale, disp, isBroadcast, bits, opmask }: Memory): string {
  const place = [
    index && `index: ${index}`,
    index && scale > 1 && `scale: ${scale}`,
    disp !== 0 && `disp: ${disp}`,
  ].filter(Boolean);
  const options = place.length > 0 ? `, { ${place.join(', ')} }` : '';
  const broadcast = isBroadcast ? '.broadcast()' : '';
  const sized = bits === undefined ? '' : `.sized(${bits})`;
  const mask = opmask ? `.mask(${opmask})` : '';
  return `at(${base}${options})${broadcast}${sized}${mask}`;
}

/** The registers that a text of calls mentions. */
export function namesIn(text: string): string[] {
  const names = text.matchAll(
    /\b(?:[xyz]mm\d+|k[0-7]|tmm[0-7]|gp(?:8|16)(?=\[)|r\d+d?|[er](?:[abcd]x|[sb]p|[sd]i)|cl)\b/g,
  );
  return [...new Set([...names].map(([name]) => name))].sort();
}
