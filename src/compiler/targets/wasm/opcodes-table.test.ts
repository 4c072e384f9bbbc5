import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { FunctionEmitter } from './function-emitter.ts';
import { type InstructionName, instructions } from './instruction.ts';
import { ModuleEmitter } from './module-emitter.ts';
import { webAssembly } from './web-assembly.ts';

const golden = readFileSync(path.join(import.meta.dirname, 'opcodes.golden.txt'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' | ') as [hex: string, text: string]);

const nameOf = (text: string) => text.split(' ')[0] as InstructionName;

/** Emits a line of the golden: `i32.load offset=300 align=2`. */
function emitText(f: FunctionEmitter, text: string): void {
  const [name, ...words] = text.split(' ');
  const numberAt = (key: string) =>
    Number(words.find((word) => word.startsWith(key))?.split('=')[1]);
  const { constant, memoryBytes } = instructions.get(name as InstructionName)!;
  const numbers = words.filter((word) => /^-?[\d.]+$/.test(word)).map(Number);
  let args: unknown[] = numbers;
  if (constant === 'i64') args = [BigInt(numbers[0])];
  if (constant === 'v128') args = [Uint8Array.from(numbers)];
  if (constant === 'shuffle') args = [numbers];
  if (memoryBytes) args = [{ offset: numberAt('offset'), align: numberAt('align') }, ...numbers];
  (f[name as InstructionName] as (...args: unknown[]) => void)(...args);
}

test('the golden has every instruction of the table, in its order', () => {
  expect(golden.map(([, text]) => nameOf(text))).toEqual([...instructions.keys()]);
});

test('every instruction is the bytes that an independent assembler makes of its text', () => {
  const ours = golden.map(([, text]) => {
    const f = new ModuleEmitter().function('one', {});
    f.unreachable(); // operands of any type are behind it
    emitText(f, text);
    const { results } = instructions.get(nameOf(text))!;
    for (const _ of results) f.drop();
    const bytes = f.finish(); // no locals, unreachable, the instruction, drops, end
    return `${Buffer.from(bytes.slice(2, -1 - results.length)).toString('hex')} | ${text}`;
  });
  expect(ours).toEqual(golden.map((line) => line.join(' | ')));
});

test('every instruction has the types that the runtime knows it by', () => {
  const refused = golden.filter(([, text]) => {
    const { operands, results } = instructions.get(nameOf(text))!;
    const module = new ModuleEmitter();
    module.importMemory('env', 'memory', { minPages: 1, maxPages: 1, shared: true });
    const params = Object.fromEntries(operands.map((type, i) => [`p${i}`, type]));
    const f = module.function('one', params, results);
    for (const local of Object.values(f.params)) f['local.get'](local);
    emitText(f, text);
    return !webAssembly.validate(module.finish());
  });
  expect(refused).toEqual([]);
});
