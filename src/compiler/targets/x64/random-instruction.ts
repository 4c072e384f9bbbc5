/**
 * Instructions of a form in many shapes: low and high registers, every kind of place in memory,
 * displacements at the edges of what compresses, masks. The same seed gives the same ones.
 * Labels are left out: what a jump becomes depends on where it stands.
 */
import type { Mnemonic } from './encodings-table.ts';
import type { Form, OperandSpec } from './forms.ts';
import { at, type Memory, type MemoryBits } from './memory-operand.ts';
import {
  cl,
  gp8,
  gp16,
  gp32,
  gp64,
  opmasks,
  tmm,
  type Vector,
  xmm,
  ymm,
  zmm,
} from './registers.ts';
import { type Operand, selectForm } from './select-form.ts';

export interface Sample {
  readonly mnemonic: Mnemonic;
  readonly operands: readonly Operand[];
}

/** xorshift32 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b1) | 1;
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % end;
  }

  from<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** For each choice between register, memory and broadcast, `times` pairs of shapes. */
export function samplesOf(form: Form, random: Random, times: number): Sample[] {
  if (form.operands.some(({ words }) => words.some((word) => word.startsWith('rel')))) return [];
  const numChoices = Math.max(1, ...form.operands.map(({ words }) => words.length));
  const samples: Sample[] = [];
  for (let choice = 0; choice < numChoices; choice++) {
    for (let i = 0; i < 2 * times; i++) samples.push(sampleOf(form, choice, i, random));
  }
  return samples;
}

function sampleOf(form: Form, choice: number, round: number, random: Random): Sample {
  const { mnemonic } = form;
  const words = form.operands.map(
    ({ words }) => words[Math.min(choice, words.length - 1)] as string,
  );
  const vectorsUsed = new Set<number>();
  const operands = form.operands.map((spec, i) =>
    operandOf(form, spec, words[i] as string, round, vectorsUsed, random),
  );
  try {
    selectForm(mnemonic, operands, 0);
    return { mnemonic, operands };
  } catch {
    // The registers leave the memory's width open.
    const sized = operands.map((operand, i) =>
      typeof operand === 'object' && 'sized' in operand
        ? (operand as Memory).sized(Number(words[i]?.slice(1)) as MemoryBits)
        : operand,
    );
    selectForm(mnemonic, sized, 0);
    return { mnemonic, operands: sized };
  }
}

const vectors: Record<string, readonly Vector[]> = { xmm, ymm, zmm };
const big = 0x1_0000_0000n;

function operandOf(
  form: Form,
  { masking, role }: OperandSpec,
  word: string,
  round: number,
  vectorsUsed: Set<number>,
  random: Random,
): Operand {
  const opmask = opmasks[1 + random.below(7)]!;
  const isMasked = masking === 'K' || (masking !== '' && random.below(3) > 0);
  const file = vectors[word];
  if (file) {
    const register = file[vectorIndex(form, round, vectorsUsed, random)] as Vector;
    if (!isMasked) return register;
    return masking === 'z' && random.below(2) ? register.maskz(opmask) : register.mask(opmask);
  }
  if (/^vm32/.test(word)) return gather(form, word, round, vectorsUsed, random);
  if (/^[mb]\d/.test(word)) {
    const place = memory(Number(word.slice(1)) / 8, random);
    const operand = word.startsWith('b') ? place.broadcast() : place;
    return isMasked ? operand.mask(opmask) : operand;
  }
  const gp = random.below(role === 'A' ? 1 : 16);
  switch (word) {
    case 'r8':
      return gp8[gp]!;
    case 'r16':
      return gp16[gp]!;
    case 'r32':
    case 'eax':
      return gp32[gp]!;
    case 'r64':
    case 'rax':
      return gp64[gp]!;
    case 'cl':
      return cl;
    case 'k': {
      const register = random.from(opmasks);
      return isMasked ? register.mask(opmask) : register;
    }
    case 'tmm':
      return tmm[nextTile(vectorsUsed, random)]!;
    case 'one':
      return 1;
    case 'imm8s':
      return random.below(256) - 128;
    case 'imm8':
      return random.below(form.encoding === 'legacy' ? 64 : 256);
    case 'imm64':
      return (random.below(2) ? 1n : -1n) * (big + BigInt(random.below(2 ** 31)) * 1_000_003n);
    default:
      return (random.below(2) ? 1 : -1) * (256 + random.below(2 ** 31 - 256));
  }
}

/** Low ones first, then from the whole file, so that VEX of 2 and 3 bytes and EVEX all occur. */
function vectorIndex(form: Form, round: number, used: Set<number>, random: Random): number {
  const isEvex = form.encoding === 'evex';
  let index: number;
  do {
    if (round % 2 === 0) index = (isEvex ? 16 : 0) + random.below(8);
    else index = random.below(isEvex ? 32 : 16);
  } while (used.has(index));
  used.add(index);
  return index;
}

/** A product's three tiles are different ones. */
function nextTile(used: Set<number>, random: Random): number {
  let index: number;
  do index = random.below(8);
  while (used.has(index));
  used.add(index);
  return index;
}

const scales = [1, 2, 4, 8] as const;
const oddBases = [4, 5, 12, 13];

function memory(unit: number, random: Random): Memory {
  const base = gp64[random.below(2) ? random.from(oddBases) : random.below(16)]!;
  const disp = displacement(unit, random);
  if (random.below(2)) return at(base, { disp });
  const index = random.from(gp64.filter((register) => register.index !== 4));
  return at(base, { index, scale: random.from(scales), disp });
}

function gather(
  form: Form,
  word: string,
  round: number,
  used: Set<number>,
  random: Random,
): Memory {
  const file = Object.values(vectors).find(([first]) => first?.kind[0] === word[4]);
  const index = (file as readonly Vector[])[vectorIndex(form, round, used, random)] as Vector;
  const disp = displacement(4, random);
  return at(random.from(gp64), { index, scale: random.from(scales), disp });
}

function displacement(unit: number, random: Random): number {
  return random.from([
    0,
    unit,
    -unit,
    unit * 127,
    unit * 128,
    unit * -128,
    unit * -129,
    1 + random.below(127),
    random.below(2 ** 31),
    -random.below(2 ** 31),
  ]);
}
