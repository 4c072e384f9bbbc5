/**
 * Reads encodings-table.ts: rows become forms, a family's row one form per width. A form knows
 * which operands it accepts; select-form.ts chooses one, encode.ts makes bytes of it.
 */
import { encodings, type FormRow, type Mnemonic } from './encodings-table.ts';

export type Role = 'R' | 'M' | 'V' | 'O' | 'I' | 'S' | 'D' | 'A';
type Masking = '' | 'k' | 'K' | 'z';

export interface OperandSpec {
  /** Operand words of the table: `zmm`, `m512`, `b32`, `imm8`… */
  readonly words: readonly string[];
  /** Of m8…m512, of b32 and b64; 0 where memory, or a broadcast, is not accepted. */
  readonly memoryBits: number;
  readonly broadcastBits: number;
  /** xmm, ymm or zmm of vm32x, vm32y, vm32z. */
  readonly gatherIndex: string | undefined;
  readonly masking: Masking;
  readonly role: Role;
}

export interface Form {
  readonly mnemonic: Mnemonic;
  readonly operands: readonly OperandSpec[];
  /** Which operand has a role. */
  readonly operandWith: Readonly<Partial<Record<Role, number>>>;
  readonly encoding: 'legacy' | 'vex' | 'evex';
  /** 66, F3, F2 as the field pp; the legacy forms have theirs in `prefixes`. */
  readonly pp: number;
  readonly map: number;
  readonly w: boolean;
  readonly lengthBits: number;
  readonly prefixes: readonly number[];
  readonly opcode: readonly number[];
  /** The digit of /0…/7. */
  readonly digit: number | undefined;
  readonly immediateBytes: number;
}

function formsOfRow(mnemonic: Mnemonic, [operands, opcode, roles]: FormRow): Form[] {
  const words: string[] = operands.match(/\w+/g) ?? [];
  if (words.includes('v')) {
    const lengths = opcode.startsWith('EVEX') ? [128, 256, 512] : [128, 256];
    return lengths.map((bits) => form(mnemonic, vectorWords(operands, bits), opcode, roles, bits));
  }
  if (['r', 'mr', 'ra'].some((word) => words.includes(word))) {
    const wide = operands.replace(/\bimm32\b/, 'imm32s');
    return [
      form(mnemonic, integerWords(operands, 32), opcode, roles),
      form(mnemonic, integerWords(wide, 64), `REX.W ${opcode}`, roles),
    ];
  }
  return [form(mnemonic, operands, opcode, roles)];
}

const register = (bits: number) => (bits <= 128 ? 'xmm' : bits === 256 ? 'ymm' : 'zmm');

function vectorWords(operands: string, bits: number): string {
  const width: Record<string, string> = {
    v: register(bits),
    vh: register(bits / 2),
    vq: register(bits / 4),
    mv: `m${bits}`,
    mvh: `m${bits / 2}`,
    mvq: `m${bits / 4}`,
    vmv: `vm32${register(bits)[0]}`,
  };
  return operands.replace(/\w+/g, (word) => width[word] ?? word);
}

function integerWords(operands: string, bits: number): string {
  const width: Record<string, string> = {
    r: `r${bits}`,
    mr: `m${bits}`,
    ra: bits === 64 ? 'rax' : 'eax',
  };
  return operands.replace(/\w+/g, (word) => width[word] ?? word);
}

const immediateBytes: Record<string, number> = { ib: 1, id: 4, io: 8, cb: 1, cd: 4, '/is4': 1 };

function form(mnemonic: Mnemonic, operands: string, opcode: string, roles: string, bits = 128) {
  const [head = '', ...tail] = opcode.split(' ');
  const fields = head.split('.');
  const isVector = fields[0] === 'VEX' || fields[0] === 'EVEX';
  const vectorBits = fields.includes('512') ? 512 : fields.includes('256') ? 256 : bits;
  const parts = isVector ? tail : opcode.split(' ');
  const bytes = parts.filter((part) => /^[0-9A-F]{2}(\+r)?$/.test(part));
  const numPrefixes = isVector ? 0 : bytes.findIndex((byte) => !/^(66|F0|F2|F3)$/.test(byte));
  const codes = bytes.map((byte) => Number.parseInt(byte, 16));
  const digit = parts.find((part) => /^\/[0-7]$/.test(part));
  return {
    mnemonic,
    operands: operands === '' ? [] : operands.split(', ').map((text, i) => spec(text, roles[i])),
    operandWith: Object.fromEntries([...roles].map((role, i) => [role, i])),
    encoding: isVector ? (fields[0] === 'VEX' ? 'vex' : 'evex') : 'legacy',
    pp: ['66', 'F3', 'F2'].findIndex((prefix) => fields.includes(prefix)) + 1,
    map: ['0F', '0F38', '0F3A'].findIndex((map) => fields.includes(map)) + 1,
    w: fields.includes('W1') || fields.includes('W'),
    lengthBits: Math.log2(vectorBits / 128),
    prefixes: codes.slice(0, numPrefixes),
    opcode: codes.slice(numPrefixes),
    digit: digit === undefined ? undefined : Number(digit[1]),
    immediateBytes: parts.reduce((sum, part) => sum + (immediateBytes[part] ?? 0), 0),
  } satisfies Form as Form;
}

function spec(text: string, role: string | undefined): OperandSpec {
  const [, words = '', masking = ''] = /^([^{]+)(?:\{(\w)\})?$/.exec(text) ?? [];
  const bits = (pattern: RegExp) => Number(pattern.exec(words)?.[1] ?? 0);
  const index = /\bvm32([xyz])/.exec(words)?.[1];
  return {
    words: words.split('/'),
    memoryBits: bits(/\bm(\d+)/),
    broadcastBits: bits(/\bb(\d+)/),
    gatherIndex: index && `${index}mm`,
    masking: masking as Masking,
    role: role as Role,
  };
}

/** Forms in the table's order, the order in which they are tried. */
export const formsOf = new Map<Mnemonic, readonly Form[]>(
  (Object.entries(encodings) as [Mnemonic, readonly FormRow[]][]).map(([mnemonic, rows]) => [
    mnemonic,
    rows.flatMap((row) => formsOfRow(mnemonic, row)),
  ]),
);
