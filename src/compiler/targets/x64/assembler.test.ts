/** Every form against GNU as; labels, constants and refusals. */
import { expect, test } from 'vitest';
import { asEncodings } from './as-encodings-table.ts';
import { Assembler } from './assembler.ts';
import type { Mnemonic } from './encodings-table.ts';
import { type Form, formsOf } from './forms.ts';
import type { Instructions } from './instructions.ts';
import { at } from './memory-operand.ts';
import * as registers from './registers.ts';
import { type Operand, selectForm } from './select-form.ts';

const { eax, k0, k1, rax, rbp, rcx, rdi, rsp } = registers;
const { xmm0, xmm2, xmm17, ymm0, ymm1, ymm20, zmm0, zmm1 } = registers;

function bytesOf(emit: (a: Assembler) => void): string {
  const assembler = new Assembler();
  emit(assembler);
  return Buffer.from(assembler.finish()).toString('hex');
}

test('every instruction of the table has the bytes that GNU as gives it', () => {
  const wrong = asEncodings.flatMap(([bytes, emit]) => {
    const ours = bytesOf(emit);
    return ours === bytes ? [] : [`${emit}: as ${bytes}, we ${ours}`];
  });
  expect(wrong).toEqual([]);
  expect(asEncodings.length).toBeGreaterThan(1500);
});

test('the table reaches every form but those that take a label', () => {
  const reached = new Set<Form>();
  const recorder = new Proxy({} as Instructions, {
    get:
      (_, mnemonic) =>
      (...operands: Operand[]) =>
        reached.add(selectForm(mnemonic as Mnemonic, operands, 0)),
  });
  for (const [, emit] of asEncodings) emit(recorder);
  const missed = [...formsOf.values()].flat().filter((form) => !reached.has(form));
  const takesLabel = ({ operands }: Form) => operands[0]?.words[0]?.startsWith('rel');
  expect(missed.filter((form) => !takesLabel(form))).toEqual([]);
});

// GNU as gives the same bytes for this code, with {disp32} for the jump forward.
test('labels, calls and places in the pool are relative to the end of their instruction', () => {
  const bytes = bytesOf((a) => {
    const again = a.label('again');
    const done = a.label('done');
    const two = a.constant(Float32Array.of(2));
    const table = a.constant(new Uint8Array(32).fill(7));
    a.test(rdi, rdi);
    a.jz(done);
    a.bind(again);
    a.vmulps(zmm0, zmm1, two.broadcast());
    a.vpshufb(ymm0, ymm1, table);
    a.vpternlogd(zmm0, zmm1, table.plus(64), 150);
    a.lea(rax, two);
    a.dec(rdi);
    a.jnz(again);
    a.call(again);
    a.bind(done);
    a.ret();
  });
  const code = [
    '4885ff',
    '0f842f000000',
    '62f1745859054d000000',
    'c4e2750005' + '24000000',
    '62f37548250559000000' + '96',
    '488d0532000000',
    '48ffcf',
    '75d6',
    'e8d1ffffff',
    'c3',
  ];
  const pool = `${'07'.repeat(32)}00000040`;
  expect(bytes).toBe(`${code.join('')}0f1f8000000000${pool}`);
});

// Both as GNU as encodes them: a short jump reaches 128 bytes back, counted from its end.
test('a jump back is short as long as it reaches, then near', () => {
  const loop = (numNoOps: number) =>
    bytesOf((a) => {
      const top = a.label();
      a.bind(top);
      for (let i = 0; i < numNoOps; i++) a.pause();
      a.jl(top);
    }).slice(numNoOps * 4);
  expect(loop(63)).toBe('7c80');
  expect(loop(64)).toBe('0f8c7affffff');
});

test('a loop can be put on a cache line', () => {
  const a = new Assembler();
  a.ret();
  a.align(32);
  expect(a.position).toBe(32);
  a.align(32);
  expect(a.position).toBe(32);
  const noOp9 = '660f1f840000000000';
  const padding = `${noOp9.repeat(3)}0f1f4000`;
  expect(Buffer.from(a.finish()).toString('hex')).toBe(`c3${padding}`);
});

test('the same constant is stored once, the most aligned first', () => {
  const bytes = bytesOf((a) => {
    const wide = Uint8Array.from({ length: 64 }, (_, i) => i);
    a.vmovss(xmm0, a.constant(Float32Array.of(1)));
    a.vmovss(xmm0, a.constant(Float32Array.of(1)));
    a.vmovups(zmm0, a.constant(wide));
    a.vmovups(zmm0, a.constant(wide.slice()));
  });
  expect(bytes.length / 2).toBe(64 + 64 + 4);
  expect(bytes.endsWith('3e3f0000803f')).toBe(true);
});

test('operands without a form throw, with the mnemonic and their kinds', () => {
  const a = new Assembler();
  // @ts-expect-error: vectors of one instruction are equally wide
  expect(() => a.vpaddd(zmm0, ymm1, zmm1)).toThrow(
    /^vpaddd zmm0, ymm1, zmm1 \(zmm, ymm, zmm\): no such form; known are v, v, v/,
  );
  // @ts-expect-error: both sides of a move are equally wide
  expect(() => a.mov(eax, rax)).toThrow(/^mov eax, rax \(r32, r64\)/);
  // @ts-expect-error: two operands are not three
  expect(() => a.vaddps(ymm0, ymm1)).toThrow('(ymm, ymm): no such form');
  expect(() => a.vhaddps(ymm0, ymm1, ymm20)).toThrow('no such form');
  expect(() => a.vpaddb(zmm0, zmm1, at(rax).broadcast())).toThrow('broadcast): no such form');
  expect(() => a.vpand(ymm0.mask(k1), ymm1, ymm1)).toThrow('no such form');
  expect(() => a.vmovups(at(rax), zmm0.maskz(k1))).toThrow('no such form');
  expect(() => a.vgatherdps(zmm0, at(rax, { index: zmm1 }))).toThrow('no such form');
  expect(() => a.add(rax, 2 ** 31)).toThrow('no such form');
  expect(() => a.add(rax, 0.5)).toThrow('no such form');
  expect(() => a.vpsrlw(ymm0, ymm1, 256)).toThrow('no such form');
  expect(a.position).toBe(0);
});

test('memory whose width nothing tells must say it', () => {
  const a = new Assembler();
  expect(() => a.movzx(eax, at(rcx))).toThrow('movzx eax, [rcx] (r32, m): say how wide');
  expect(() => a.inc(at(rcx))).toThrow('say how wide');
  a.movzx(eax, at(rcx).sized(8));
  expect(Buffer.from(a.finish()).toString('hex')).toBe('0fb601');
});

test('what has no encoding is refused where it is written', () => {
  expect(() => zmm0.mask(k0)).toThrow('k0');
  expect(() => at(rax).mask(k0)).toThrow('k0');
  expect(() => at(rax, { index: rsp })).toThrow('rsp');
  expect(() => at(rbp, { disp: 2 ** 31 })).toThrow('displacement');
  expect(() => at(rbp, { disp: 2 ** 31 - 1 }).plus(1)).toThrow('displacement');
  // A gather faults when its registers are not different ones.
  const gather = (a: Assembler) => a.vgatherdps(xmm0, at(rax, { index: xmm2 }), xmm2);
  expect(() => bytesOf(gather)).toThrow('three different registers');
  const wide = (a: Assembler) => a.vgatherdps(xmm17.mask(k1), at(rax, { index: xmm17 }));
  expect(() => bytesOf(wide)).toThrow('different registers');
});

test('labels are bound once, and before the end', () => {
  const jump = (numBinds: number) => (a: Assembler) => {
    const label = a.label('exit');
    a.jmp(label);
    for (let i = 0; i < numBinds; i++) a.bind(label);
  };
  expect(() => bytesOf(jump(0))).toThrow('label exit is used and never bound');
  expect(bytesOf(jump(1))).toBe('e900000000');
  expect(() => bytesOf(jump(2))).toThrow('label exit is bound twice');
});

test('nothing follows the end', () => {
  const a = new Assembler();
  a.finish();
  expect(() => a.finish()).toThrow('twice');
  expect(() => a.ret()).toThrow('ret after finish()');
});
