/**
 * One instruction to bytes: prefixes (REX, VEX of 2 or 3 bytes, EVEX), opcode, ModRM, SIB,
 * displacement, immediate. Jumps and RIP-relative places leave a hole and a fixup.
 */
import type { CodeBuffer } from './code-buffer.ts';
import type { Form, Role } from './forms.ts';
import { Label } from './label.ts';
import { Memory } from './memory-operand.ts';
import { Gp, Opmask, Tile, Vector } from './registers.ts';
import { memoryBits, type Operand } from './select-form.ts';

/** Four bytes at `position` become the distance from `end` to the label. */
export interface Fixup {
  readonly label: Label;
  readonly position: number;
  readonly end: number;
}

/** The operands by the field of the instruction they go into. */
interface Fields {
  /** Register numbers 0…31. */
  readonly reg: number;
  readonly vvvv: number;
  /** Register number, or a place. */
  readonly rm: number | Memory | undefined;
  readonly opmask: number;
  readonly isZeroing: boolean;
  /** Bytes per unit of an EVEX disp8. */
  readonly memoryBytes: number;
}

export function encode(
  code: CodeBuffer,
  form: Form,
  operands: readonly Operand[],
): Fixup | undefined {
  const fields = fieldsOf(form, operands);
  if (form.encoding === 'evex') evexPrefix(code, form, fields);
  else if (form.encoding === 'vex') vexPrefix(code, form, fields);
  else legacyPrefix(code, form, fields, operands);

  const last = form.opcode.length - 1;
  for (let i = 0; i < last; i++) code.byte(form.opcode[i] as number);
  const opcodeRegister = numberOf(withRole(form, operands, 'O'));
  code.byte((form.opcode[last] as number) + (opcodeRegister & 7));

  const unit = form.encoding === 'evex' ? fields.memoryBytes : 1;
  const place = fields.rm === undefined ? undefined : modrm(code, fields, unit);
  const jump = immediate(code, form, operands);
  const hole = place ?? jump;
  return hole && { ...hole, end: code.length };
}

function fieldsOf(form: Form, operands: readonly Operand[]): Fields {
  const rm = withRole(form, operands, 'M');
  const vvvv = withRole(form, operands, 'V');
  const masked = operands.find(
    (o) => (o instanceof Vector || o instanceof Memory || o instanceof Opmask) && o.opmask,
  ) as Vector | Memory | Opmask | undefined;
  const isGather = rm instanceof Memory && rm.index instanceof Vector;
  if (isGather) checkGather(form, rm, operands);
  // A register in ModRM alone (tilezero): the rest of it is 0.
  const hasReg = form.operandWith.R !== undefined;
  return {
    reg: form.digit ?? numberOf(withRole(form, operands, 'R')),
    // A gather's index has its fifth bit where vvvv has its own.
    vvvv: isGather && form.encoding === 'evex' ? numberOf(rm.index) & 16 : numberOf(vvvv),
    rm: rm instanceof Memory ? rm : rm === undefined && !hasReg ? undefined : numberOf(rm),
    opmask: masked?.opmask?.index ?? 0,
    isZeroing: masked instanceof Vector && masked.isZeroing,
    memoryBytes: memoryBits(form, operands) / 8,
  };
}

/** The processor faults otherwise. */
function checkGather(form: Form, { index }: Memory, operands: readonly Operand[]): void {
  const vectors = [index, ...operands].filter((operand) => operand instanceof Vector);
  if (new Set(vectors.map((vector) => vector.index)).size < vectors.length) {
    const count = vectors.length === 3 ? 'three' : 'two';
    throw new Error(`${form.mnemonic} ${operands.join(', ')}: needs ${count} different registers`);
  }
}

function withRole(form: Form, operands: readonly Operand[], role: Role): Operand | undefined {
  const index = form.operandWith[role];
  return index === undefined ? undefined : operands[index];
}

function numberOf(operand: Operand | undefined): number {
  const isRegister =
    operand instanceof Gp ||
    operand instanceof Vector ||
    operand instanceof Opmask ||
    operand instanceof Tile;
  return isRegister ? operand.index : 0;
}

/** Bit 3 of index and base; of a register in rm, bits 4 and 3. */
function extensionBits({ rm }: Fields): { x: number; b: number } {
  if (typeof rm === 'number') return { x: (rm >> 4) & 1, b: (rm >> 3) & 1 };
  const base = rm?.base instanceof Gp ? rm.base.index : 0;
  return { x: (numberOf(rm?.index) >> 3) & 1, b: (base >> 3) & 1 };
}

function legacyPrefix(
  code: CodeBuffer,
  form: Form,
  fields: Fields,
  operands: readonly Operand[],
): void {
  code.bytes(form.prefixes);
  const { x, b } = extensionBits(fields);
  const opcodeRegister = numberOf(withRole(form, operands, 'O'));
  const w = form.w ? 8 : 0;
  const rex = w | ((fields.reg >> 3) << 2) | (x << 1) | b | (opcodeRegister >> 3);
  // Without a REX, the numbers of spl, bpl, sil and dil mean ah, ch, dh and bh.
  const isLowByte = operands.some((o) => o instanceof Gp && o.kind === 'r8' && o.index >= 4);
  if (rex || isLowByte) code.byte(0x40 | rex);
}

function vexPrefix(code: CodeBuffer, form: Form, fields: Fields): void {
  const { x, b } = extensionBits(fields);
  const notR = fields.reg < 8 ? 0x80 : 0;
  const low = ((~fields.vvvv & 15) << 3) | (form.lengthBits << 2) | form.pp;
  if (form.map === 1 && !form.w && !x && !b) {
    code.bytes([0xc5, notR | low]);
  } else {
    const extensions = notR | (x ? 0 : 0x40) | (b ? 0 : 0x20);
    code.bytes([0xc4, extensions | form.map, (form.w ? 0x80 : 0) | low]);
  }
}

function evexPrefix(code: CodeBuffer, form: Form, fields: Fields): void {
  const { x, b } = extensionBits(fields);
  const { reg, vvvv, rm, opmask, isZeroing } = fields;
  const isBroadcast = rm instanceof Memory && rm.isBroadcast;
  code.bytes([
    0x62,
    (reg & 8 ? 0 : 0x80) | (x ? 0 : 0x40) | (b ? 0 : 0x20) | (reg & 16 ? 0 : 0x10) | form.map,
    (form.w ? 0x80 : 0) | ((~vvvv & 15) << 3) | 4 | form.pp,
    (isZeroing ? 0x80 : 0) |
      (form.lengthBits << 5) |
      (isBroadcast ? 0x10 : 0) |
      (vvvv & 16 ? 0 : 8) |
      opmask,
  ]);
}

const tileBytes = 1024;

/** ModRM, SIB and displacement. */
function modrm(code: CodeBuffer, { reg, rm, memoryBytes }: Fields, unit: number) {
  const regBits = (reg & 7) << 3;
  if (typeof rm === 'number') {
    code.byte(0xc0 | regBits | (rm & 7));
    return undefined;
  }
  const { base, index, scale, disp } = rm as Memory;
  if (base instanceof Label) {
    code.byte(regBits | 5);
    code.integer(disp, 4);
    return { label: base, position: code.length - 4 };
  }

  const low = base.index & 7;
  const disp8 = disp / unit;
  const isShort = Number.isInteger(disp8) && disp8 >= -128 && disp8 <= 127;
  // Base rbp or r13 without a displacement means something else: they get a disp8 of 0.
  const mod = disp === 0 && low !== 5 ? 0 : isShort ? 1 : 2;
  // Base rsp or r12 in ModRM means that a SIB follows; index 4 in a SIB means none.
  if (index || low === 4 || memoryBytes === tileBytes) {
    code.byte((mod << 6) | regBits | 4);
    const indexBits = index ? index.index & 7 : 4;
    code.byte((Math.log2(scale) << 6) | (indexBits << 3) | low);
  } else {
    code.byte((mod << 6) | regBits | low);
  }
  if (mod === 1) code.integer(disp8, 1);
  if (mod === 2) code.integer(disp, 4);
  return undefined;
}

function immediate(code: CodeBuffer, form: Form, operands: readonly Operand[]) {
  const target = withRole(form, operands, 'D');
  if (target instanceof Label) {
    // A short form is taken only for labels that are bound already.
    const end = code.length + form.immediateBytes;
    if (form.immediateBytes === 1) {
      code.integer((target.position as number) - end, 1);
      return undefined;
    }
    code.integer(0, 4);
    return { label: target, position: code.length - 4 };
  }
  const source = withRole(form, operands, 'S');
  if (source instanceof Vector) code.byte(source.index << 4);
  const value = withRole(form, operands, 'I');
  if (typeof value === 'number' || typeof value === 'bigint') {
    code.integer(value, form.immediateBytes);
  }
  return undefined;
}
