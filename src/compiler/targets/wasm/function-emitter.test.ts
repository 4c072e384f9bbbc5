/** Whole functions as bytes beside their text (checked once with wabt), and what is refused. */
import { expect, test } from 'vitest';
import type { FunctionEmitter, Local } from './function-emitter.ts';
import { ModuleEmitter } from './module-emitter.ts';
import type { ValueType } from './opcodes-table.ts';
import { Label } from './operand-stack.ts';
import { webAssembly } from './web-assembly.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('a counted loop with locals is these bytes', () => {
  const f = new ModuleEmitter().function('triangle', { n: 'i32' }, ['i32']);
  const sum = f.local('i32');
  const again = f.loop();
  f['local.get'](sum); //        (func (param $n i32) (result i32) (local $sum i32)
  f['local.get'](f.params.n); //   loop $again
  f['i32.add'](); //                 local.get $sum  local.get $n  i32.add
  f['local.set'](sum); //            local.set $sum
  f['local.get'](f.params.n);
  f['i32.const'](1);
  f['i32.sub'](); //                 local.get $n  i32.const 1  i32.sub
  f['local.tee'](f.params.n); //     local.tee $n
  f.br_if(again); //                 br_if $again
  f.end(again); //                 end
  f['local.get'](sum); //          local.get $sum)
  expect(hex(f.finish())).toBe(
    '01017f' + // one run of locals: 1 × i32
      '0340' +
      '200120006a2101' +
      '200041016b2200' +
      '0d000b' +
      '20010b',
  );
});

test('branches count the labels between, locals are grouped in runs', () => {
  const f = new ModuleEmitter().function('nest', { a: 'i32' }, ['f32']);
  for (const type of ['f32', 'f32', 'v128', 'f32'] as const) f.local(type);
  const outer = f.block('f32'); //  block $outer (result f32)
  f['f32.const'](1); //               f32.const 1
  f['local.get'](f.params.a); //      local.get $a
  const inner = f.if(); //            if $inner
  f['f32.const'](2); //                 f32.const 2
  f.br(outer); //                       br $outer
  f.else(inner); //                   else
  f['local.get'](f.params.a);
  f.br_if(inner); //                    local.get $a  br_if $inner
  f.end(inner); //                    end
  f.end(outer); //                  end
  expect(hex(f.finish())).toBe(
    '03027d017b017d' + // locals: 2 × f32, 1 × v128, 1 × f32
      '027d430000803f' +
      '20000440' +
      '43000000400c01' +
      '0520000d00' +
      '0b0b0b',
  );
});

test('memory, vectors and calls are these bytes', () => {
  const module = new ModuleEmitter();
  const log = module.importFunction('env', 'log', { params: ['i32'], results: [] });
  const f = module.function('store', { to: 'i32', x: 'f32' });
  f['local.get'](f.params.to); //                local.get $to
  f['local.get'](f.params.x); //                 local.get $x
  f['f32x4.splat'](); //                         f32x4.splat
  f['v128.store']({ offset: 128, align: 4 }); // v128.store offset=128 align=4
  f['local.get'](f.params.to); //                local.get $to
  f.call(log); //                                call $log
  expect(hex(f.finish())).toBe(
    '00' + // no locals
      '20002001fd13' +
      'fd0b028001' +
      '200010000b',
  );
});

test('if, select, early return and calls to a later function run as they read', () => {
  const module = new ModuleEmitter();
  const sign = module.function('sign', { x: 'i32' }, ['i32']);
  const not = module.function('not', { x: 'i32' }, ['i32']);
  // sign(x): x < 0 ? -1 : x != 0
  sign['local.get'](sign.params.x);
  sign['i32.const'](0);
  sign['i32.lt_s']();
  const negative = sign.if();
  sign['i32.const'](-1);
  sign.return();
  sign.end(negative);
  sign['local.get'](sign.params.x);
  sign.call(not);
  sign.call(not);
  // not(x): x ? 0 : 1
  not['i32.const'](0);
  not['i32.const'](1);
  not['local.get'](not.params.x);
  not.select();
  module.export(sign);
  const instance = new webAssembly.Instance(new webAssembly.Module(module.finish()), {});
  expect([-7, 0, 7].map((x) => instance.exports.sign(x))).toEqual([-1, 0, 1]);
});

test('behind a branch operands of any type are there', () => {
  const module = new ModuleEmitter();
  const f = module.function('f', {}, ['v128']);
  const block = f.block('i32');
  f['i32.const'](1);
  f.br(block);
  f['f32x4.add'](); // takes two v128 that never are
  f.drop();
  f.end(block);
  f['i32x4.splat']();
  f.return();
  f.select();
  f['i32.add']();
  f.unreachable();
  expect(webAssembly.validate(module.finish())).toBe(true);
});

const emitter = (...params: ValueType[]) => {
  const named = Object.fromEntries(params.map((type, i) => [`p${i}`, type]));
  const f = new ModuleEmitter().function('dot', named, ['f32']);
  for (const local of Object.values(f.params)) f['local.get'](local);
  return f;
};

test.each<[string, ValueType[], (f: FunctionEmitter) => void, string]>([
  [
    'too few operands',
    ['i32'],
    (f) => f['i32.add'](),
    'expected [i32 i32] on the stack, found [i32]',
  ],
  [
    'a wrong type',
    ['f32', 'v128'],
    (f) => f['f32x4.add'](),
    '(f32x4.add): expected [v128 v128] on the stack, found [f32 v128]',
  ],
  ['a wrong local', ['i32'], (f) => f['local.set'](f.local('f32')), '(local.set): expected [f32]'],
  ['a wrong result', ['i32'], (f) => f.finish(), '(end): expected [f32] on the stack, found [i32]'],
  ['a missing result', [], (f) => f.finish(), 'expected [f32] on the stack, found []'],
  [
    'a result too many',
    ['f32', 'f32'],
    (f) => f.finish(),
    'expected [f32] on the stack, found [f32 f32]',
  ],
  [
    'a different pair for select',
    ['i32', 'f32', 'i32'],
    (f) => f.select(),
    '(select): expected [i32 i32]',
  ],
  ['nothing to drop', [], (f) => f.drop(), '(drop): expected [any]'],
  [
    'operands from outside a block',
    ['f32'],
    (f) => {
      f.block();
      f['f32.abs']();
    },
    '(f32.abs): expected [f32] on the stack, found []',
  ],
  ['a condition that is no i32', ['f32'], (f) => f.if(), '(if): expected [i32]'],
  ['an unknown label', [], (f) => f.br(new Label('block', [])), '(br): the label is not open here'],
  [
    'a label that is closed',
    ['i32'],
    (f) => {
      const b = f.block();
      f.end(b);
      f.br_if(b);
    },
    '(br_if): the label is not open here',
  ],
  [
    'ends in the wrong order',
    [],
    (f) => {
      const b = f.block();
      f.loop();
      f.end(b);
    },
    '(end): the innermost open label is another one',
  ],
  [
    'an else without an if',
    [],
    (f) => f.else(f.block()),
    '(else): expected an open if, found block',
  ],
  [
    'an if with a result and no else',
    ['i32'],
    (f) => {
      const b = f.if('i32');
      f['i32.const'](1);
      f.end(b);
    },
    'an if that gives [i32] needs an else',
  ],
  [
    'an open block at the end',
    ['f32'],
    (f) => {
      f.block();
      f.finish();
    },
    '(end): the innermost open label is another one',
  ],
  [
    'code behind the end',
    ['f32'],
    (f) => {
      f.finish();
      f.drop();
    },
    '(drop): the function is finished',
  ],
  [
    'too large an alignment',
    ['i32'],
    (f) => f['v128.load']({ align: 32 }),
    '(v128.load): alignment: expected a power of two up to 16 bytes, found 32',
  ],
  ['an alignment that is no power of two', ['i32'], (f) => f['v128.load']({ align: 3 }), 'found 3'],
  [
    'an unaligned atomic',
    ['i32'],
    (f) => f['i32.atomic.load']({ align: 2 }),
    'expected exactly 4 bytes, found 2',
  ],
  [
    'a negative offset',
    ['i32'],
    (f) => f['i32.load']({ offset: -4 }),
    '(i32.load): expected a whole number from 0 to 2^32 - 1, found -4',
  ],
  [
    'a lane too high',
    ['v128'],
    (f) => f['i32x4.extract_lane'](4),
    'lane: expected 0 to 3, found 4',
  ],
  [
    'a shuffle lane too high',
    ['v128', 'v128'],
    (f) => f['i8x16.shuffle'](Array(16).fill(32)),
    'lane: expected 0 to 31, found 32',
  ],
  [
    'too few shuffle lanes',
    ['v128', 'v128'],
    (f) => f['i8x16.shuffle']([1]),
    'expected 16 lanes, found 1',
  ],
  [
    'a constant of the wrong size',
    [],
    (f) => f['v128.const'](new Uint8Array(8)),
    'expected 16 bytes, found 8',
  ],
  [
    'a constant with a fraction',
    [],
    (f) => f['i32.const'](0.5),
    '(i32.const): expected a whole number of 32 bits, found 0.5',
  ],
])('%s is refused, and said where', (_, params, misuse, message) => {
  const f = emitter(...params);
  expect(() => misuse(f)).toThrow(message);
  expect(() => misuse(emitter(...params))).toThrow(/^dot, instruction \d+ \(/);
});

test("another function's local, another module's function are refused", () => {
  const f = emitter();
  const foreign: Local = emitter('i32').params.p0;
  expect(() => f['local.get'](foreign)).toThrow("the local is another function's");
  expect(() => f.call(emitter())).toThrow('dot is not a function of this module');
});

test('constants are locals that are set where the function begins, each once', () => {
  const f = new ModuleEmitter().function('constants', {}, ['v128']);
  const bytes = (value: number) => new Uint8Array(16).fill(value);
  f['local.get'](f.constant(bytes(1)));
  f['local.get'](f.constant(bytes(2)));
  f['v128.and']();
  f['local.get'](f.constant(bytes(1)));
  f['v128.or']();
  const set = (value: number, local: string) => `fd0c${`0${value}`.repeat(16)}21${local}`;
  expect(hex(f.finish())).toBe(`01027b${set(1, '00')}${set(2, '01')}20002001fd4e2000fd500b`);
});
