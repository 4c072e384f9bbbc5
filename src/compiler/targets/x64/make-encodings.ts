/**
 * Holds the assembler to GNU as. Run by hand, needs binutils (as, objdump):
 *   node src/compiler/targets/x64/make-encodings.ts            writes as-encodings-table.ts
 *   node src/compiler/targets/x64/make-encodings.ts check 100  compares 100 random shapes a form
 * The bytes in the table are what `as` says, never what we say.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Assembler } from './assembler.ts';
import { formsOf } from './forms.ts';
import { asText, callText, namesIn } from './instruction-text.ts';
import { Random, type Sample, samplesOf } from './random-instruction.ts';

const [mode, times = '1', seed = '1'] = process.argv.slice(2);
const random = new Random(Number(seed));
const forms = [...formsOf.values()].flat();
const samples = forms.flatMap((form) => samplesOf(form, random, Number(times)));
const expected = assembleWithGnu(samples.map(asText));

if (mode === 'check') {
  const wrong = samples.filter((sample, i) => ourBytes(sample) !== expected[i]);
  for (const sample of wrong.slice(0, 20)) {
    const index = samples.indexOf(sample);
    console.log(`${asText(sample)}: as ${expected[index]}, we ${ourBytes(sample)}`);
  }
  console.log(`${samples.length} instructions of ${forms.length} forms, ${wrong.length} differ`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} else {
  writeFileSync(path.join(import.meta.dirname, 'as-encodings-table.ts'), table());
  console.log(`${samples.length} instructions of ${forms.length} forms; now: npm run format`);
}

function ourBytes({ mnemonic, operands }: Sample): string {
  const assembler = new Assembler();
  assembler.emit(mnemonic, operands);
  return Buffer.from(assembler.finish()).toString('hex');
}

/** The bytes of each line, from the disassembler's listing: it must see the same instructions. */
function assembleWithGnu(lines: readonly string[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'sampan-as-'));
  const source = path.join(folder, 'code.s');
  const object = path.join(folder, 'code.o');
  try {
    writeFileSync(source, `.intel_syntax noprefix\n${lines.join('\n')}\n`);
    execFileSync('as', [source, '-o', object]);
    const listing = execFileSync('objdump', ['-dw', '--insn-width=16', object], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    const found = [...listing.matchAll(/^\s*[0-9a-f]+:\t((?:[0-9a-f]{2} )+)/gm)];
    if (found.length !== lines.length) {
      throw new Error(`objdump shows ${found.length} instructions, expected ${lines.length}`);
    }
    return found.map(([, bytes]) => (bytes as string).replaceAll(' ', ''));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function table(): string {
  const seen = new Set<string>();
  const rows = samples.flatMap((sample, i) => {
    const row = `  ['${expected[i]}', (a) => a.${callText(sample)}],`;
    if (seen.has(row)) return [];
    seen.add(row);
    return [row];
  });
  const version = execFileSync('as', ['--version'], { encoding: 'utf8' }).split('\n')[0];
  return `/**
 * What ${version} makes of the instruction on the right.
 * Written by make-encodings.ts, read by assembler.test.ts.
 */
import type { Instructions } from './instructions.ts';
import { at } from './memory-operand.ts';
import { ${namesIn(rows.join('\n')).join(', ')} } from './registers.ts';

// biome-ignore format: one instruction a line
export const asEncodings: readonly (readonly [string, (a: Instructions) => void])[] = [
${rows.join('\n')}
];
`;
}
