import { expect, test } from 'vitest';
import { ReferenceDevice } from '../devices/reference/reference-device.ts';
import { gatherRows } from '../kernels/gather-rows.ts';
import type { Step } from './step.ts';
import { StepRunner } from './step-runner.ts';

const blockTokens = 4;
const device = ReferenceDevice.open();
const table = device.allocate('f32', [32, 2], 'table');
device.write(
  table,
  Float32Array.from({ length: 64 }, (_, i) => i),
);

/** One token of one sequence: number `position`, with this id. */
function oneToken(id: number, position: number): Step {
  const blockTable = Int32Array.from(
    { length: Math.floor(position / blockTokens) + 1 },
    (_, i) => i,
  );
  return {
    ...{ tokens: Int32Array.of(id), positions: Int32Array.of(position) },
    ...{ slotMapping: Int32Array.of(position), logitRows: Int32Array.of(0) },
    sequences: [{ queryStart: 0, queryTokens: 1, contextTokens: position + 1, blockTable }],
  };
}

/** Steps whose logits are the row of the table that their id or position says. */
function open(by: 'ids' | 'positions', isForStepAlone = false) {
  const runner = new StepRunner(device);
  const cache = runner.createKvCache([[8]], 4, blockTokens);
  const recorded = { times: 0 };
  const record: Parameters<StepRunner['run']>[2] = (r, inputs) => {
    recorded.times++;
    if (isForStepAlone) inputs.contiguous(0);
    const y = r.temp(1, 2);
    r.launch(gatherRows, { x: table, index: inputs[by], y });
    return y;
  };
  const run = async (step: Step) => [...(await runner.run(step, cache, record))];
  return { runner, run, recorded };
}

test('steps of one form are recorded once and run with their own numbers', async () => {
  const { run, recorded } = open('ids');
  expect(await run(oneToken(3, 0))).toEqual([6, 7]);
  expect(await run(oneToken(9, 1))).toEqual([18, 19]);
  expect(recorded.times).toBe(1);
  const positions = open('positions');
  expect(await positions.run(oneToken(3, 2))).toEqual([4, 5]);
  expect(await positions.run(oneToken(3, 3))).toEqual([6, 7]);
});

test('another form is recorded anew, and the first one is still known', async () => {
  const { run, recorded } = open('ids');
  await run(oneToken(3, 3));
  expect(await run(oneToken(5, 4))).toEqual([10, 11]); // a block more
  expect(recorded.times).toBe(2);
  expect(await run(oneToken(7, 2))).toEqual([14, 15]);
  expect(recorded.times).toBe(2);
});

test('what looked at a context is good for its step alone', async () => {
  const { run, recorded } = open('ids', true);
  await run(oneToken(3, 0));
  await run(oneToken(4, 1));
  expect(recorded.times).toBe(2);
});

// They may have written to what was kept, which lies elsewhere now.
test('recordings end when what is kept moves', async () => {
  const { runner, run, recorded } = open('ids');
  runner.keep(1, 8);
  await run(oneToken(3, 0));
  runner.keep(16, 8);
  await run(oneToken(3, 0));
  expect(recorded.times).toBe(1);
  runner.keep(17, 8);
  expect(await run(oneToken(4, 0))).toEqual([8, 9]);
  expect(recorded.times).toBe(2);
});

test('a recording that failed leaves nothing behind', async () => {
  const { runner, run, recorded } = open('ids');
  const cache = runner.createKvCache([[8]], 4, blockTokens);
  const failing = runner.run(oneToken(1, 0), cache, () => {
    throw new Error('no such layer');
  });
  await expect(failing).rejects.toThrow('no such layer');
  expect(await run(oneToken(3, 0))).toEqual([6, 7]);
  expect(recorded.times).toBe(1);
});
