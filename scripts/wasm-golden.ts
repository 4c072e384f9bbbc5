/**
 * Rewrites opcodes.golden.txt: what an independent assembler (wabt) makes of every instruction in
 * the emitter's table, one a line: `bytes | text`. Run by hand when the table has grown:
 *
 *   npm install --prefix /tmp/wabt wabt@1.0.39 && node scripts/wasm-golden.ts /tmp/wabt
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Instruction, instructions } from '../src/compiler/targets/wasm/instruction.ts';

interface Wabt {
  parseWat(
    file: string,
    text: string,
    features: Record<string, boolean>,
  ): { toBinary(options: object): { buffer: Uint8Array } };
}

const folder = process.argv[2];
if (!folder) throw new Error('expected the folder that wabt is installed in');
const open = createRequire(path.resolve(folder, 'package.json'))('wabt') as () => Promise<Wabt>;
const wabt = await open();

const lines = [...instructions.values()].map((instruction) => {
  const text = sampleText(instruction);
  return `${Buffer.from(assemble(instruction, text)).toString('hex')} | ${text}\n`;
});
const golden = '../src/compiler/targets/wasm/opcodes.golden.txt';
writeFileSync(path.resolve(import.meta.dirname, golden), lines.join(''));

/** The instruction with immediates that show their place and width. */
function sampleText({ name, constant, memoryBytes, isAtomic, numLanes }: Instruction): string {
  const constants = {
    i32: '-123456',
    i64: '-5000000000',
    f32: '-0.15625',
    v128: 'i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255',
    shuffle: '31 0 30 1 29 2 28 3 27 4 26 5 25 6 24 7',
  };
  const parts: string[] = [name];
  if (constant) parts.push(constants[constant]);
  if (memoryBytes !== undefined) {
    const align = isAtomic ? memoryBytes : Math.max(1, memoryBytes / 2);
    parts.push('offset=300', `align=${align}`);
  }
  if (numLanes !== undefined) parts.push(String(numLanes - 1));
  return parts.join(' ');
}

/** Behind `unreachable` operands need not be there: the body is no locals, 00, instruction, end. */
function assemble({ results }: Instruction, text: string): Uint8Array {
  const type = results.length > 0 ? `(result ${results.join(' ')})` : '';
  const module = `(module (import "e" "m" (memory 1 1 shared)) (func ${type} unreachable ${text}))`;
  const features = { simd: true, relaxed_simd: true, threads: true, bulk_memory: true };
  const bytes = wabt.parseWat('one.wat', module, features).toBinary({}).buffer;
  return codeSection(bytes).subarray(4, -1); // one body, its size, no locals, unreachable … end
}

/** Sections are an id, a size in one byte (the modules are that small) and content. */
function codeSection(bytes: Uint8Array): Uint8Array {
  let at = 8; // behind the header
  while (bytes[at] !== 10) at += 2 + bytes[at + 1];
  return bytes.subarray(at + 2, at + 2 + bytes[at + 1]);
}
