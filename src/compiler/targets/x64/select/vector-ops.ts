/**
 * Instructions of the operations on vectors, lane by lane. Of two sources one may be in memory;
 * where their order does not matter it is the one that is there.
 */
import type { OpName } from '../../../ir/ops-table.ts';
import type { Simple, Value } from '../../../ir/types.ts';
import type { Mnemonic } from '../encodings-table.ts';
import { k1, type Vector } from '../registers.ts';
import type { MemoryForm } from '../virtual-instruction.ts';
import { emitFma } from './fma.ts';
import type { Place } from './memory-ops.ts';
import type { Selector } from './selector.ts';

type Select = (s: Selector, op: Simple) => void;

interface Binary {
  /** The name at 512 bits, where it is another. */
  readonly wide?: Mnemonic;
  readonly isCommutative?: boolean;
  readonly form?: MemoryForm;
}

function binary(mnemonic: Mnemonic, more: Binary = {}): Select {
  const { wide = mnemonic, isCommutative = false, form = 'broadcast' } = more;
  return (s, op) => {
    let [a, b] = op.args;
    if (isCommutative && s.prefersMemory(a) && !s.prefersMemory(b)) [a, b] = [b, a];
    // A constant may go to memory when registers run out; a load that waits is there already.
    if (isCommutative && s.waiting(a) && s.knownConstant(b)) [a, b] = [b, a];
    const name = s.isWide ? wide : mnemonic;
    const left = s.register(a);
    const operands = [s.result(op), left, s.operand(b, form)];
    s.push('duU', operands, (out, [d, a, b]) => out.emit(name, d, a, b), form);
  };
}

const sum = { isCommutative: true } as const;
const bytes = { form: 'full' } as const;
const byteSum = { ...sum, ...bytes };

function unary(mnemonic: Mnemonic): Select {
  return (s, op) => {
    const source = s.operand(op.args[0], 'broadcast');
    s.push('dU', [s.result(op), source], (out, [d, a]) => out.emit(mnemonic, d, a), 'broadcast');
  };
}

/** Only EVEX takes the source from memory. */
function shift(mnemonic: Mnemonic, form: MemoryForm): Select {
  return (s, op) => {
    const [value] = op.args;
    const count = op.imm as number;
    const source = s.isWide ? s.operand(value, form) : s.register(value);
    s.push(
      s.isWide ? 'dU' : 'du',
      [s.result(op), source],
      (out, [d, a]) => {
        out.emit(mnemonic, d, a, count);
      },
      form,
    );
  };
}

function fma(name: 'vfmadd' | 'vfnmadd'): Select {
  const emit = emitFma(name, 'ps');
  return (s, op) => {
    const sources = s.oneInMemory(op.args, 'broadcast');
    s.push('dHHH', [s.result(op), ...sources], emit, 'broadcast');
  };
}

const lessThan = 17; // ordered, quiet

function selectLt(s: Selector, op: Simple): void {
  const [a, b, c, d] = op.args.map((value) => s.register(value));
  if (s.isWide) {
    s.push('duuuu', [s.result(op), a, b, c, d], (out, [to, a, b, c, d]) => {
      out.emit('vcmpps', k1, a, b, lessThan);
      out.emit('vblendmps', (to as Vector).mask(k1), d, c);
    });
    return;
  }
  const short = s.newRegister('vector', { isShort: true });
  s.push('dtuuuu', [s.result(op), short, a, b, c, d], (out, [to, t, a, b, c, d]) => {
    out.emit('vcmpps', t, a, b, lessThan);
    out.emit('vblendvps', to, d, c, t);
  });
}

function splatF32(s: Selector, op: Simple, { canWait }: Place): void {
  const [result, value] = [op.result as Value, op.args[0]];
  const constant = s.knownConstant(value);
  if (constant) {
    s.setConstant(result, constant.bytes);
    return;
  }
  if (s.waiting(value)) {
    const { address } = s.takeWaiting(value);
    if (!result.isVariable && canWait(address)) s.wait(result, { address, form: 'splat' });
    else s.emitLoad(s.result(op), s.address(address), 'splat');
    return;
  }
  const emit = 'vbroadcastss';
  s.push(
    'dU',
    [s.result(op), s.register(value)],
    (out, [d, a]) => out.emit(emit, d, out.x(a)),
    'scalar',
  );
}

function splatInt(
  mnemonic: Mnemonic,
  Elements: Int8ArrayConstructor | Int16ArrayConstructor | Int32ArrayConstructor,
): Select {
  return (s, op) => {
    const [result, value] = [op.result as Value, op.args[0]];
    const number = s.knownInt(value);
    if (number !== undefined) {
      return s.setConstant(result, new Uint8Array(Elements.of(number).buffer));
    }
    s.push('du', [s.result(op), s.register(value)], (out, [d, a]) => {
      if (out.isWide) return out.emit(mnemonic, d, out.r32(a));
      out.emit('vmovd', out.x(d), out.r32(a));
      out.emit(mnemonic, d, out.x(d));
    });
  };
}

export const vectorOps = {
  const_x: (s, op) => s.setConstant(op.result as Value, op.bytes as Uint8Array),
  splat_f32: splatF32,
  splat_i32: splatInt('vpbroadcastd', Int32Array),
  splat_i16: splatInt('vpbroadcastw', Int16Array),
  splat_i8: splatInt('vpbroadcastb', Int8Array),
  and: binary('vpand', { wide: 'vpandd', ...sum }),
  or: binary('vpor', { wide: 'vpord', ...sum }),
  xor: binary('vpxor', { wide: 'vpxord', ...sum }),
  andn: binary('vpandn', { wide: 'vpandnd' }),
  add_f32x: binary('vaddps', sum),
  sub_f32x: binary('vsubps'),
  mul_f32x: binary('vmulps', sum),
  div_f32x: binary('vdivps'),
  // Which of two equal or unordered lanes comes out depends on their order.
  max_f32x: binary('vmaxps'),
  min_f32x: binary('vminps'),
  sqrt_f32x: unary('vsqrtps'),
  fma_f32x: fma('vfmadd'),
  fnma_f32x: fma('vfnmadd'),
  to_i32x: unary('vcvtps2dq'),
  to_f32x: unary('vcvtdq2ps'),
  select_lt: selectLt,
  add_i32x: binary('vpaddd', sum),
  sub_i32x: binary('vpsubd'),
  mul_i32x: binary('vpmulld', sum),
  max_i32x: binary('vpmaxsd', sum),
  min_i32x: binary('vpminsd', sum),
  shl_i32x: shift('vpslld', 'broadcast'),
  shr_i32x: shift('vpsrld', 'broadcast'),
  sar_i32x: shift('vpsrad', 'broadcast'),
  add_i16x: binary('vpaddw', byteSum),
  sub_i16x: binary('vpsubw', bytes),
  mul_i16x: binary('vpmullw', byteSum),
  shl_i16x: shift('vpsllw', 'full'),
  shr_i16x: shift('vpsrlw', 'full'),
  sar_i16x: shift('vpsraw', 'full'),
  add_i8x: binary('vpaddb', byteSum),
  sub_i8x: binary('vpsubb', bytes),
  lookup16: binary('vpshufb', bytes),
} satisfies Partial<Record<OpName, (s: Selector, op: Simple, place: Place) => void>>;
