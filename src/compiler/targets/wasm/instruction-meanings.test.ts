/**
 * Every instruction of the table, run on random and extreme operands and held to its meaning in
 * JavaScript. Integers of all widths are BigInts; a v128 is its 16 bytes.
 */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { type Instruction, type InstructionName, instructions } from './instruction.ts';
import { ModuleEmitter } from './module-emitter.ts';
import type { ValueType } from './opcodes-table.ts';
import { type WasmFunction, webAssembly } from './web-assembly.ts';

type Value = bigint | number | Uint8Array;
type Meaning = (args: Value[], memory: DataView) => Value | undefined;

// ---- operands: random ones, and the ends of every range

let seed = 20_26;
function random(below: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
const pick = <T>(items: readonly T[]): T => items[random(items.length)];
const fill = (count: number, one: () => number) => Array.from({ length: count }, one);

function randomInteger(bits: number): bigint {
  const [top, all] = [1n << BigInt(bits - 1), (1n << BigInt(bits)) - 1n];
  if (random(3) === 0) return BigInt.asIntN(bits, pick([0n, 1n, 2n, all, top, top - 1n]));
  const raw = fill(8, () => random(256)).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(bits, raw >> BigInt(random(bits)));
}
function randomFloat(): number {
  const extremes = [0, -0, 0.5, -0.5, 1.5, 2.5, -3.5, Number.NaN, Infinity, -Infinity, 1e30, 3e9];
  return random(3) === 0 ? pick(extremes) : Math.fround((random(2 ** 30) - 2 ** 29) / 12_345.678);
}
const smallFloat = () => random(1000) + 1;

/** Relaxed instructions are free at their edges: their operands stay where one answer is right. */
function randomOperand(name: string, type: ValueType, index: number): Value {
  if (type === 'i64' || type === 'i32') return randomInteger(type === 'i64' ? 64 : 32);
  if (type === 'f32') return randomFloat();
  const bytes = (one: () => number) => Uint8Array.from(fill(16, one));
  if (/relaxed_(madd|nmadd|min|max|trunc)/.test(name)) return packFloats(fill(4, smallFloat));
  if (name.includes('f32x4')) return packFloats(fill(4, randomFloat));
  if (name.includes('swizzle') && index === 1) {
    return bytes(() => random(name.includes('relaxed') ? 16 : 40));
  }
  if (name.includes('relaxed_dot') && index === 1) return bytes(() => random(128));
  if (name.includes('laneselect') && index === 2) return bytes(() => 0).fill(random(2) * 255);
  if (name.includes('q15mulr')) return pack(fill(8, () => random(65_535) - 32_767).map(BigInt), 16);
  const bits = pick([8, 16, 32, 64]);
  return pack(
    Array.from({ length: 128 / bits }, () => randomInteger(bits)),
    bits,
  );
}

// ---- v128 as lanes

function unpack(value: Value, bits: number, isSigned = true): bigint[] {
  const view = new DataView((value as Uint8Array).slice().buffer);
  return Array.from({ length: 128 / bits }, (_, i) => readInteger(view, (i * bits) / 8, bits)).map(
    (lane) => (isSigned ? BigInt.asIntN(bits, lane) : BigInt.asUintN(bits, lane)),
  );
}
function pack(lanes: readonly bigint[], bits: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  lanes.forEach((lane, i) => {
    writeInteger(view, (i * bits) / 8, bits, lane);
  });
  return new Uint8Array(view.buffer);
}
const unpackFloats = (value: Value) => [...new Float32Array((value as Uint8Array).slice().buffer)];
const packFloats = (lanes: number[]) => new Uint8Array(Float32Array.from(lanes).buffer);

function readInteger(view: DataView, address: number, bits: number): bigint {
  let value = 0n;
  for (let i = bits / 8 - 1; i >= 0; i--)
    value = (value << 8n) | BigInt(view.getUint8(address + i));
  return value;
}
function writeInteger(view: DataView, address: number, bits: number, value: bigint): void {
  for (let i = 0; i < bits / 8; i++) {
    view.setUint8(address + i, Number(BigInt.asUintN(8, value >> BigInt(8 * i))));
  }
}

// ---- meanings on one lane

const clamp = (value: bigint, bits: number, isSigned: boolean) => {
  const [least, most] = isSigned
    ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]
    : [0n, (1n << BigInt(bits)) - 1n];
  return value < least ? least : value > most ? most : value;
};
const binary = (a: bigint, bits: number) => BigInt.asUintN(bits, a).toString(2).padStart(bits, '0');
const count = (text: string) => BigInt(text.length);

/** a and b come signed, or unsigned for names that end in _u. */
const integerMeanings: Record<
  string,
  (a: bigint, b: bigint, bits: number, isSigned: boolean) => bigint | boolean
> = {
  eqz: (a) => a === 0n,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
  clz: (a, _, bits) => count(/^0*/.exec(binary(a, bits))![0]),
  ctz: (a, _, bits) => count(/0*$/.exec(binary(a, bits))![0]),
  popcnt: (a, _, bits) => count(binary(a, bits).replaceAll('0', '')),
  abs: (a) => (a < 0n ? -a : a),
  neg: (a) => -a,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b, bits, isSigned) => {
    if (clamp(a / b, bits, isSigned) !== a / b) throw new RangeError('overflow');
    return a / b;
  },
  rem: (a, b) => a % b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  xchg: (_, b) => b,
  shl: (a, b, bits) => a << BigInt.asUintN(Math.log2(bits), b),
  shr: (a, b, bits) => a >> BigInt.asUintN(Math.log2(bits), b),
  rotl: (a, b, bits) => rotated(a, Number(BigInt.asUintN(Math.log2(bits), b)), bits),
  rotr: (a, b, bits) => rotated(a, bits - Number(BigInt.asUintN(Math.log2(bits), b)), bits),
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
  avgr: (a, b) => (a + b + 1n) >> 1n,
  add_sat: (a, b, bits, isSigned) => clamp(a + b, bits, isSigned),
  sub_sat: (a, b, bits, isSigned) => clamp(a - b, bits, isSigned),
  q15mulr_sat: (a, b, bits) => clamp((a * b + 0x4000n) >> 15n, bits, true),
  relaxed_q15mulr: (a, b) => (a * b + 0x4000n) >> 15n,
};
function rotated(a: bigint, left: number, bits: number): bigint {
  const digits = binary(a, bits);
  return BigInt(`0b${digits.slice(left)}${digits.slice(0, left)}`);
}

function roundTiesToEven(x: number): number {
  return Math.abs(x - Math.trunc(x)) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}
const isNegative = (x: number) => x < 0 || Object.is(x, -0);

const floatMeanings: Record<string, (a: number, b: number, c: number) => number | boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
  abs: Math.abs,
  neg: (a) => -a,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest: roundTiesToEven,
  sqrt: Math.sqrt,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  pmin: (a, b) => (b < a ? b : a),
  pmax: (a, b) => (a < b ? b : a),
  copysign: (a, b) => (isNegative(b) ? -Math.abs(a) : Math.abs(a)),
  relaxed_min: (a, b) => Math.min(a, b),
  relaxed_max: (a, b) => Math.max(a, b),
  relaxed_madd: (a, b, c) => a * b + c,
  relaxed_nmadd: (a, b, c) => -(a * b) + c,
};
function truncated(x: number, bits: number, isSigned: boolean, saturates: boolean): bigint {
  if (saturates && Number.isNaN(x)) return 0n;
  const whole = Number.isFinite(x) ? BigInt(Math.trunc(x)) : x > 0 ? 1n << 99n : -(1n << 99n);
  const kept = clamp(whole, bits, isSigned);
  if (!saturates && (kept !== whole || Number.isNaN(x))) throw new RangeError('out of range');
  return kept;
}

// ---- meanings of whole instructions

const dataStart = 512; // loads and stores happen in [512, 640)
const lane = 1; // of every instruction that has a lane
const offset = 8; // of every instruction that has an address
const constants = {
  i32: -123_456,
  i64: -5_000_000_000n,
  f32: -0.15625,
  v128: Uint8Array.from({ length: 16 }, (_, i) => i * 17),
  shuffle: [31, 0, 30, 1, 29, 2, 28, 3, 27, 4, 26, 5, 25, 6, 24, 7],
};

function meaningOf({ name, constant, numLanes }: Instruction): Meaning {
  const [shape, ...rest] = name.split('.');
  const op = rest.join('.');
  const [, stem, sign] = /^(.*?)(?:_([su]))?$/.exec(op)!;
  const isSigned = sign !== 'u';
  const width = Number(/^[if](\d+)/.exec(shape)?.[1] ?? 128);
  if (special[name]) return special[name];
  if (constant && constant !== 'shuffle') {
    const value = constants[constant];
    return () => (typeof value === 'number' && constant === 'i32' ? BigInt(value) : value);
  }
  if (/^(load|store|atomic)/.test(op)) return memoryMeaning(shape, op);
  if (numLanes !== undefined) return laneMeaning(stem, width, shape === 'f32x4', isSigned);
  if (op.includes('trunc_') || op.includes('trunc_sat')) {
    const saturates = op.includes('sat') || op.includes('relaxed');
    if (shape.includes('x')) {
      return ([a]) =>
        pack(
          unpackFloats(a).map((x) => truncated(x, 32, isSigned, saturates)),
          32,
        );
    }
    return ([a]) => truncated(a as number, width, isSigned, saturates);
  }
  if (shape === 'f32') {
    return ([a, b]) => {
      const result = floatMeanings[op](a as number, b as number, 0);
      return typeof result === 'boolean' ? BigInt(result) : Math.fround(result);
    };
  }
  if (shape === 'f32x4') {
    return (args) => {
      const lanes = args.map(unpackFloats);
      const results = lanes[0].map((_, i) => {
        return floatMeanings[op](lanes[0][i], lanes[1]?.[i], lanes[2]?.[i]);
      });
      return typeof results[0] === 'boolean'
        ? pack(
            results.map((is) => (is ? -1n : 0n)),
            32,
          )
        : packFloats(results as number[]);
    };
  }
  if (shape.includes('x')) return vectorMeaning(op, stem, width, isSigned);
  return ([a, b]) => {
    const as = (x: Value) => (isSigned ? (x as bigint) : BigInt.asUintN(width, x as bigint));
    const result = integerMeanings[stem](as(a), as(b ?? 0n), width, isSigned);
    return typeof result === 'boolean' ? BigInt(result) : result;
  };
}

/** load8x8_s, load32_zero, atomic.rmw.add, store16 …: `shape` is what is on the stack. */
function memoryMeaning(shape: string, op: string): Meaning {
  const at = (args: Value[]) => Number(args[0]) + offset;
  const width = shape === 'v128' ? 128 : Number(shape.slice(1));
  const [, verb, digits, count] = /(load|store|rmw)(\d*)(?:x(\d))?/.exec(op)!;
  const bits = digits ? Number(digits) : width;
  const shaped = (value: bigint) => {
    if (shape === 'v128') return pack([value], 128);
    return shape === 'f32' ? floatOf(value) : value;
  };
  if (op.endsWith('_lane')) {
    return (args, memory) => {
      const lanes = unpack(args[1], bits);
      if (verb === 'load') lanes[lane] = readInteger(memory, at(args), bits);
      else writeInteger(memory, at(args), bits, lanes[lane]);
      return verb === 'load' ? pack(lanes, bits) : undefined;
    };
  }
  if (verb === 'load') {
    return (args, memory) => {
      const one = (i: number) => readInteger(memory, at(args) + (i * bits) / 8, bits);
      const extended = (i: number) => (op.endsWith('_s') ? BigInt.asIntN(bits, one(i)) : one(i));
      if (count)
        return pack(
          Array.from({ length: Number(count) }, (_, i) => extended(i)),
          2 * bits,
        );
      if (op.endsWith('splat')) return pack(Array(128 / bits).fill(one(0)), bits);
      return shaped(extended(0)); // a zero-extending load is an unsigned one
    };
  }
  return (args, memory) => {
    const before = readInteger(memory, at(args), bits);
    const [operand, replacement] = args.slice(1) as bigint[];
    const rmw = op.split('.').at(-1) as string;
    let after = verb === 'store' ? integerOf(args[1]) : 0n;
    if (rmw === 'cmpxchg') after = before === BigInt.asUintN(bits, operand) ? replacement : before;
    else if (verb === 'rmw') after = integerMeanings[rmw](before, operand, bits, true) as bigint;
    writeInteger(memory, at(args), bits, after);
    return verb === 'rmw' ? before : undefined;
  };
}

function floatOf(bits: bigint): number {
  return new Float32Array(Uint32Array.of(Number(bits)).buffer)[0];
}
function integerOf(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(new Int32Array(Float32Array.of(value).buffer)[0]);
  return unpack(value, 128)[0];
}

function laneMeaning(stem: string, bits: number, isFloat: boolean, isSigned: boolean): Meaning {
  return ([vector, value]) => {
    const lanes = unpack(vector, bits, isSigned);
    if (stem === 'extract_lane') return isFloat ? unpackFloats(vector)[lane] : lanes[lane];
    lanes[lane] = integerOf(value);
    return pack(lanes, bits);
  };
}

function vectorMeaning(op: string, stem: string, bits: number, isSigned: boolean): Meaning {
  const half = bits / 2; // of what is widened
  const numLanes = 128 / bits;
  const part = (lanes: bigint[]) => (op.includes('high') ? lanes.slice(numLanes) : lanes);
  const each = (one: (i: number) => bigint) => {
    return pack(
      Array.from({ length: numLanes }, (_, i) => one(i)),
      bits,
    );
  };
  if (op === 'splat') return ([a]) => each(() => integerOf(a));
  if (op === 'all_true') return ([a]) => BigInt(unpack(a, bits).every((value) => value !== 0n));
  if (op === 'bitmask') {
    return ([a]) =>
      unpack(a, bits).reduce((sum, v, i) => sum | (v < 0n ? 1n << BigInt(i) : 0n), 0n);
  }
  if (op.startsWith('narrow')) {
    return ([a, b]) => {
      const lanes = [...unpack(a, 2 * bits), ...unpack(b, 2 * bits)];
      return each((i) => clamp(lanes[i], bits, isSigned));
    };
  }
  if (op.startsWith('extend')) {
    return ([a]) => {
      const lanes = part(unpack(a, half, isSigned));
      return each((i) => lanes[i]);
    };
  }
  if (op.startsWith('extmul')) {
    return ([a, b]) => {
      const [x, y] = [a, b].map((v) => part(unpack(v, half, isSigned)));
      return each((i) => x[i] * y[i]);
    };
  }
  if (op.startsWith('extadd')) {
    return ([a]) => {
      const lanes = unpack(a, half, isSigned);
      return each((i) => lanes[2 * i] + lanes[2 * i + 1]);
    };
  }
  if (op.includes('dot')) {
    return ([a, b, sum]) => {
      const source = op.includes('i8x16') ? 8 : 16;
      const [x, y] = [a, b].map((v) => unpack(v, source));
      const count = bits / source;
      const products = (i: number) => x.map((v, j) => v * y[j]).slice(i * count, (i + 1) * count);
      const before = sum ? unpack(sum, bits) : Array<bigint>(numLanes).fill(0n);
      return each((i) => products(i).reduce((total, product) => total + product, before[i]));
    };
  }
  if (op.endsWith('swizzle')) {
    return ([a, b]) => {
      const [from, index] = [unpack(a, 8), unpack(b, 8, false)];
      return each((i) => from[Number(index[i])] ?? 0n);
    };
  }
  if (op.endsWith('laneselect')) return bitselect;
  return ([a, b]) => {
    const x = unpack(a, bits, isSigned);
    const y = b instanceof Uint8Array ? unpack(b, bits, isSigned) : undefined;
    return each((i) => {
      const other = y ? y[i] : ((b as bigint | undefined) ?? 0n);
      const result = integerMeanings[stem](x[i], other, bits, isSigned);
      return typeof result === 'boolean' ? (result ? -1n : 0n) : result;
    });
  };
}

const bitwise = (one: (a: bigint, b: bigint, c: bigint) => bigint): Meaning => {
  return (args) =>
    pack([one(...(args.map((v) => unpack(v, 128)[0]) as [bigint, bigint, bigint]))], 128);
};
const bitselect = bitwise((a, b, mask) => (a & mask) | (b & ~mask));

/** What no rule above says. */
const special: Partial<Record<InstructionName, Meaning>> = {
  nop: () => undefined,
  'atomic.fence': () => undefined,
  'memory.size': () => 1n,
  'memory.grow': ([pages]) => (pages === 0n ? 1n : -1n), // the memory's maximum is what it has
  'memory.fill': ([to, byte, bytes], memory) => {
    new Uint8Array(memory.buffer).fill(Number(byte), Number(to), Number(to) + Number(bytes));
    return undefined;
  },
  'memory.copy': ([to, from, bytes], memory) => {
    const end = Number(from) + Number(bytes);
    new Uint8Array(memory.buffer).copyWithin(Number(to), Number(from), end);
    return undefined;
  },
  'memory.atomic.notify': () => 0n, // nobody waits
  'memory.atomic.wait32': () => 1n, // it holds something else
  'memory.atomic.wait64': () => 1n,
  'i32.wrap_i64': ([a]) => a,
  'i64.extend_i32_s': ([a]) => a,
  'i64.extend_i32_u': ([a]) => BigInt.asUintN(32, a as bigint),
  'i32.extend8_s': ([a]) => BigInt.asIntN(8, a as bigint),
  'i32.extend16_s': ([a]) => BigInt.asIntN(16, a as bigint),
  'i64.extend8_s': ([a]) => BigInt.asIntN(8, a as bigint),
  'i64.extend16_s': ([a]) => BigInt.asIntN(16, a as bigint),
  'i64.extend32_s': ([a]) => BigInt.asIntN(32, a as bigint),
  'i32.reinterpret_f32': ([a]) => integerOf(a),
  'f32.reinterpret_i32': ([a]) => floatOf(BigInt.asUintN(32, a as bigint)),
  'f32.convert_i32_s': ([a]) => Math.fround(Number(a)),
  'f32.convert_i32_u': ([a]) => Math.fround(Number(BigInt.asUintN(32, a as bigint))),
  'f32.convert_i64_s': ([a]) => Math.fround(Number(a)),
  'f32.convert_i64_u': ([a]) => Math.fround(Number(BigInt.asUintN(64, a as bigint))),
  'f32x4.convert_i32x4_s': ([a]) => packFloats(unpack(a, 32).map(Number)),
  'f32x4.convert_i32x4_u': ([a]) => packFloats(unpack(a, 32, false).map(Number)),
  'f32x4.splat': ([a]) => packFloats(Array(4).fill(a)),
  'i8x16.shuffle': ([a, b]) => {
    const lanes = [...(a as Uint8Array), ...(b as Uint8Array)];
    return Uint8Array.from(constants.shuffle, (from) => lanes[from]);
  },
  'v128.not': bitwise((a) => ~a),
  'v128.and': bitwise((a, b) => a & b),
  'v128.andnot': bitwise((a, b) => a & ~b),
  'v128.or': bitwise((a, b) => a | b),
  'v128.xor': bitwise((a, b) => a ^ b),
  'v128.bitselect': bitselect,
  'v128.any_true': ([a]) => BigInt((a as Uint8Array).some((byte) => byte !== 0)),
};

// ---- running one

const resultAddress = 256; // operands lie 16 bytes apart from 0 on

function programOf({ name, operands, results, constant, memoryBytes, numLanes }: Instruction) {
  const module = new ModuleEmitter();
  module.importMemory('env', 'memory', { minPages: 1, maxPages: 1, shared: true });
  const f = module.function('run', {});
  if (results.length > 0) f['i32.const'](resultAddress);
  operands.forEach((type, i) => {
    f['i32.const'](16 * i);
    f[`${type}.load`]();
  });
  const args: unknown[] = [];
  if (constant) args.push(constants[constant]);
  if (memoryBytes) args.push({ offset });
  if (numLanes) args.push(lane);
  (f[name] as (...immediates: unknown[]) => void)(...args);
  if (results.length > 0) f[`${results[0]}.store`]();
  module.export(f);
  return new webAssembly.Module(module.finish());
}

function operandsOf({ name, operands, memoryBytes, isAtomic }: Instruction): Value[] {
  const address = () => dataStart + random(64);
  if (name === 'memory.grow') return [BigInt(random(3))];
  if (name === 'memory.fill') return [BigInt(address()), randomInteger(32), BigInt(random(64))];
  if (name === 'memory.copy') return [address(), address(), random(64)].map(BigInt);
  return operands.map((type, i) => {
    if (memoryBytes && i === 0) return BigInt(isAtomic ? address() & ~7 : address());
    return randomOperand(name, type, i);
  });
}

function writeValue(view: DataView, address: number, type: ValueType, value: Value): void {
  const bytes = new Uint8Array(view.buffer, address, 16);
  if (typeof value === 'number') view.setFloat32(address, value, true);
  else if (typeof value === 'bigint') writeInteger(view, address, Number(type.slice(1)), value);
  else bytes.set(value);
}

/** Floats as numbers, so that a NaN is a NaN whatever its bits are. */
function readable(value: Value | undefined, name: string, type: ValueType | undefined): unknown {
  const isFloats = /^f32x4\.(?!(eq|ne|lt|gt|le|ge)$)/.test(name) && type === 'v128';
  if (value instanceof Uint8Array) return isFloats ? unpackFloats(value) : [...value];
  return type === 'f32' || typeof value !== 'bigint'
    ? value
    : BigInt.asIntN(Number(type!.slice(1)), value);
}
function readResult(view: DataView, type: ValueType | undefined): Value | undefined {
  if (type === undefined) return undefined;
  if (type === 'f32') return view.getFloat32(resultAddress, true);
  if (type === 'v128') return new Uint8Array(view.buffer, resultAddress, 16).slice();
  return readInteger(view, resultAddress, Number(type.slice(1)));
}
/** What happens, or that it is a trap. */
function outcome(act: () => Value | undefined): { value: Value | undefined } | 'trap' {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof RangeError || (error as Error).name === 'RuntimeError') return 'trap';
    throw error;
  }
}

const memory = new webAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const view = new DataView(memory.buffer as ArrayBuffer);
const data = () => [...new Uint8Array(memory.buffer, dataStart, 128)];

/** Cases in which the runtime and JavaScript disagree. */
function disagreements(instruction: Instruction): unknown[] {
  const { name, operands, results } = instruction;
  const { exports } = new webAssembly.Instance(programOf(instruction), { env: { memory } });
  const meaning = meaningOf(instruction);
  const wrong: unknown[] = [];
  for (let i = 0; i < 24; i++) {
    const args = operandsOf(instruction);
    new Uint8Array(memory.buffer, dataStart, 128).set(fill(128, () => random(256)));
    operands.forEach((type, at) => {
      writeValue(view, 16 * at, type, args[at]);
    });
    const expectedMemory = new DataView(new Uint8Array(memory.buffer, 0, 1024).slice().buffer);
    const expected = outcome(() => meaning(args, expectedMemory));
    const found = outcome(() => {
      (exports.run as WasmFunction)();
      return readResult(view, results[0]);
    });
    const show = (result: typeof found) =>
      result === 'trap' ? result : readable(result.value, name, results[0]);
    const expectedData = [...new Uint8Array(expectedMemory.buffer, dataStart, 128)];
    const isRight =
      isDeepStrictEqual(show(found), show(expected)) &&
      (expected === 'trap' || isDeepStrictEqual(data(), expectedData));
    if (!isRight) wrong.push([name, args, 'found', show(found), 'expected', show(expected)]);
  }
  return wrong;
}

const groups = new Map<string, Instruction[]>();
for (const instruction of instructions.values()) {
  const group = instruction.feature === 'relaxedSimd' ? 'relaxed' : instruction.name.split('.')[0];
  groups.set(group, [...(groups.get(group) ?? []), instruction]);
}

test.each([...groups])('%s instructions do what they mean', (_, members) => {
  expect(members.flatMap((instruction) => disagreements(instruction).slice(0, 1))).toEqual([]);
});
