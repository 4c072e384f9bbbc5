/** Where values live: intervals across loops, who gets a register, and who gives it up. */
import { expect, test } from 'vitest';
import { allocateRegisters, type RegisterFile } from './allocate-registers.ts';
import { liveIntervals } from './live-intervals.ts';
import { loadConstant, move } from './moves.ts';
import { Frame, spillRegisters } from './spill-registers.ts';
import type {
  RegisterType,
  VirtualInstruction,
  VirtualOperand,
  VirtualRegister,
} from './virtual-instruction.ts';

let numRegisters = 0;
function register(
  type: RegisterType = 'vector',
  more: Partial<VirtualRegister> = {},
): VirtualRegister {
  const none = { fixed: undefined, constant: undefined, isShort: false };
  return { kind: 'register', id: numRegisters++, type, ...none, ...more };
}
function instruction(
  roles: string,
  operands: VirtualOperand[] = [],
  mark?: 'loop' | 'end',
): VirtualInstruction {
  return { roles, operands, memoryForm: 'full', emit: () => {}, ...(mark && { mark }) };
}
const loop = () => instruction('', [], 'loop');
const end = () => instruction('', [], 'end');

const file = (count: number): RegisterFile => {
  const order = Array.from({ length: count }, (_, i) => i);
  return { int: order, vector: order, tile: order, tile_a: order, tile_b: order };
};
function spilledIn(count: number, instructions: VirtualInstruction[]): VirtualRegister[] {
  return [...allocateRegisters(liveIntervals(instructions), file(count)).spilled];
}

test('what comes into a loop and is used inside lives to its end, what is made inside does not', () => {
  const [outer, inner] = [register(), register()];
  const intervals = liveIntervals([
    instruction('d', [outer]), // 0
    loop(), // 1
    loop(), // 2
    instruction('du', [inner, outer]), // 3
    instruction('u', [inner]), // 4
    end(), // 5
    end(), // 6
  ]);
  const of = (one: VirtualRegister) => intervals.find(({ register }) => register === one);
  expect(of(outer)).toMatchObject({ start: 1, end: 13, weight: 1 + 100 });
  expect(of(inner)).toMatchObject({ start: 7, end: 8, weight: 200 });
});

test('a value takes the register of one that is read for the last time, but not of a late one', () => {
  const [a, b, c, d] = [register(), register(), register(), register()];
  const start = [instruction('d', [a]), instruction('d', [b])];
  const used = [instruction('u', [c]), instruction('u', [d])];
  const same = allocateRegisters(
    liveIntervals([...start, instruction('dhu', [c, b, a]), ...used]),
    file(8),
  );
  expect(same.registers.get(c.id)).toBe(same.registers.get(b.id));
  const late = allocateRegisters(liveIntervals([...start, instruction('dll', [c, a, b])]), file(8));
  expect([0, 1]).not.toContain(late.registers.get(c.id));
});

test('who is used least for its length lives elsewhere; a constant sooner than a sum', () => {
  const [seldom, sum, often] = [register(), register(), register()];
  const constant = register('vector', {
    constant: { kind: 'constant', bytes: new Uint8Array([1, 2, 3, 4]) },
  });
  const body = (first: VirtualInstruction[], others: VirtualRegister[]) => [
    ...first,
    ...others.map((one) => instruction('d', [one])),
    loop(),
    ...others.map((one) => instruction('x', [one])),
    end(),
  ];
  const rare = [instruction('d', [seldom])];
  const uses = instruction('u', [seldom]);
  expect(spilledIn(2, [...body(rare, [sum, often]), uses])).toEqual([seldom]);

  const load = [loadConstant(constant, constant.constant as NonNullable<typeof constant.constant>)];
  const inLoop = body(load, [sum, often]);
  inLoop.splice(-1, 0, instruction('u', [constant]));
  expect(spilledIn(2, inLoop)).toEqual([constant]);
});

test('banks are apart, and inputs come where the caller put them', () => {
  const input = register('int', { fixed: 2 });
  const [vector, number] = [register('vector'), register('f32')];
  const { registers, spilled } = allocateRegisters(
    liveIntervals([
      instruction('d', [input]),
      instruction('dd', [vector, number]),
      instruction('uuu', [input, vector, number]),
    ]),
    file(3),
  );
  expect(spilled).toEqual([]);
  expect(registers.get(input.id)).toBe(2);
  expect([registers.get(vector.id), registers.get(number.id)]).toEqual([0, 1]);
});

const newShort = (like: VirtualRegister) => register(like.type, { isShort: true });
const rolesOf = (instructions: VirtualInstruction[]) => instructions.map(({ roles }) => roles);
const kindOf = (operand: VirtualOperand) => (typeof operand === 'number' ? 'n' : operand.kind);

test('a spilled value is read from the frame by what can, and else through a short one', () => {
  const [a, b, c] = [register(), register(), register()];
  const spill = (one: VirtualInstruction) => spillRegisters([one], [a], new Frame(64), newShort);

  const [folded, ...none] = spill(instruction('duU', [c, b, a]));
  expect(none).toEqual([]);
  expect(folded.operands.map(kindOf)).toEqual(['register', 'register', 'memory']);

  expect(rolesOf(spill(instruction('duU', [c, a, b])))).toEqual(['dH', 'duU']);
  expect(rolesOf(spill(instruction('x', [a])))).toEqual(['dH', 'x', 'uu']);
  const twice = spill(instruction('dhL', [a, a, b]));
  expect(rolesOf(twice)).toEqual(['dH', 'dhL', 'uu']);
  expect(twice[1].operands[0]).toBe(twice[1].operands[1]);
  // A move into the frame is a store, nothing more.
  expect(rolesOf(spill(move(a, b)))).toEqual(['uu']);
});

test('a spilled constant is not stored, and its load goes away', () => {
  const constant = { kind: 'constant', bytes: new Uint8Array([0, 0, 128, 63]) } as const;
  const [one, b, c] = [register('vector', { constant }), register(), register()];
  const frame = new Frame(64);
  const rewritten = spillRegisters(
    [loadConstant(one, constant), instruction('duU', [c, b, one]), instruction('duU', [c, one, b])],
    [one],
    frame,
    newShort,
  );
  expect(rolesOf(rewritten)).toEqual(['duU', 'd', 'duU']);
  expect(frame.sizeBytes).toBe(0);
});

test('slots are aligned to what they hold, tiles have none', () => {
  const frame = new Frame(32);
  const offsets = [register('int'), register('vector'), register('f32')].map(
    (one) => frame.slotFor(one).offsetBytes,
  );
  expect(offsets).toEqual([0, 32, 64]);
  expect(() => frame.slotFor(register('tile_a'))).toThrow('more than there are of tile_a');
});
