import { expect, test } from 'vitest';
import { mulberry32 } from '../base/mulberry32.ts';
import { BlockManager } from './block-manager.ts';
import { samplingParams } from './sampling-params.ts';
import { type Batch, Scheduler } from './scheduler.ts';
import { Sequence, type SequenceOptions } from './sequence.ts';

const sink = { onToken: () => 'continue' as const, onFinish() {}, onError() {} };
const params = samplingParams({}, { temperature: 0, topP: 1, topK: 0, minP: 0 }, 10, []);
let nextId = 0;
/** No two begin alike, unless they are told to. */
const sequence = (tokens: number, options: SequenceOptions & { start?: number } = {}) => {
  const id = nextId++;
  const prompt = new Array(tokens).fill(1).fill(options.start ?? 100 + id, 0, 1);
  return new Sequence(id, prompt, params, sink, options);
};

/** What the engine does with a batch, without a model. */
function run(batch: Batch, blocks?: BlockManager): void {
  for (const { sequence, numTokens, isComplete } of batch) {
    sequence.numComputedTokens += numTokens;
    if (isComplete) sequence.append(1);
    blocks?.keep(sequence);
  }
}
const shape = (batch: Batch) => batch.map(({ sequence, numTokens }) => [sequence.id, numTokens]);

function setup(numBlocks: number, limits = { maxSequences: 16, maxPrefillTokens: 8 }) {
  nextId = 0;
  const blocks = new BlockManager(numBlocks, 4);
  return { blocks, scheduler: new Scheduler(blocks, limits) };
}

test('prompts are taken in chunks within the budget, oldest first; decodes come on top and first', () => {
  const { scheduler } = setup(100);
  for (const tokens of [5, 10, 3]) scheduler.add(sequence(tokens));
  const shapes = [];
  for (let i = 0; i < 4; i++) {
    const batch = scheduler.schedule();
    shapes.push(shape(batch));
    run(batch);
  }
  expect(shapes).toEqual([
    [
      [0, 5],
      [1, 3],
    ],
    [
      [0, 1],
      [1, 7],
      [2, 1],
    ],
    [
      [0, 1],
      [1, 1],
      [2, 2],
    ],
    [
      [0, 1],
      [1, 1],
      [2, 1],
    ],
  ]);
});

test('no more than maxSequences run; the next starts when one is removed', () => {
  const { scheduler } = setup(100, { maxSequences: 2, maxPrefillTokens: 100 });
  const [a, b, c] = [sequence(2), sequence(2), sequence(2)];
  for (const s of [a, b, c]) scheduler.add(s);
  run(scheduler.schedule());
  expect([scheduler.numRunning, scheduler.numWaiting]).toEqual([2, 1]);
  scheduler.remove(a);
  expect(shape(scheduler.schedule())).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(b.status).toBe('running');
});

test('when blocks run out the youngest gives its own back and starts over in front of the queue', () => {
  const { scheduler, blocks } = setup(5);
  const [old, young, late] = [sequence(4), sequence(4), sequence(1)];
  scheduler.add(old);
  run(scheduler.schedule());
  scheduler.add(young);
  run(scheduler.schedule());
  expect(young.status).toBe('running');
  scheduler.add(late);
  while (young.status === 'running') run(scheduler.schedule());
  expect(young.numPreemptions).toBe(1);
  expect([young.numComputedTokens, young.blocks.length]).toEqual([0, 0]);
  expect(scheduler.sequences()).toEqual([old, young, late]);
  blocks.checkIntegrity([old, young, late]);
});

test('a younger one never overtakes an older one that waits for blocks', () => {
  const { scheduler } = setup(4);
  const [running, large, small] = [sequence(8), sequence(12), sequence(1)];
  for (const s of [running, large, small]) scheduler.add(s);
  run(scheduler.schedule());
  expect(shape(scheduler.schedule())).toEqual([[0, 1]]);
  scheduler.remove(running);
  expect(shape(scheduler.schedule())).toEqual([[1, 8]]);
  expect(small.status).toBe('waiting');
});

test('one whose beginning another computes waits for it, lets others go first, and then shares it', () => {
  const { scheduler, blocks } = setup(100, { maxSequences: 16, maxPrefillTokens: 12 });
  const [first, same, other] = [
    sequence(30, { start: 7 }),
    sequence(31, { start: 7 }),
    sequence(9),
  ];
  for (const s of [first, same, other]) scheduler.add(s);
  const shapes = [];
  for (let i = 0; i < 4; i++) {
    const batch = scheduler.schedule();
    shapes.push(shape(batch));
    run(batch, blocks);
    blocks.checkIntegrity(scheduler.sequences());
  }
  // Three blocks are less than it is worth to wait for, and there are two.
  expect(shapes).toEqual([
    [[0, 12]],
    [[0, 12]],
    [
      [0, 6],
      [1, 6],
    ],
    [
      [0, 1],
      [1, 1],
      [2, 9],
    ],
  ]);
  expect([first.cachedTokens, same.cachedTokens, other.cachedTokens]).toEqual([0, 24, 0]);
});

test('a single sequence may use every block', () => {
  const { scheduler } = setup(3, { maxSequences: 4, maxPrefillTokens: 100 });
  const whole = sequence(12);
  scheduler.add(whole);
  expect(shape(scheduler.schedule())).toEqual([[0, 12]]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'random loads: all finish, in bounded steps, blocks stay whole (%i)',
  (seed) => {
    const random = mulberry32(seed);
    const next = (limit: number) => Math.floor(random() * limit);
    const numBlocks = 6 + next(20);
    const limits = { maxSequences: 1 + next(8), maxPrefillTokens: 1 + next(20) };
    const { scheduler, blocks } = setup(numBlocks, limits);
    const capacity = numBlocks * 4;
    const left = Array.from({ length: 40 }, () => {
      const prompt = 1 + next(capacity - 1);
      const options = { start: 100 + next(3), client: `${next(4)}`, cacheSalt: `${next(2)}` };
      const reply = 1 + next(Math.min(30, capacity - prompt));
      return { sequence: sequence(prompt, options), reply };
    });
    const lengths = new Map(left.map(({ sequence, reply }) => [sequence, reply]));
    const finished: number[] = [];
    let steps = 0;
    while (finished.length < 40) {
      if (next(3) === 0 && left.length > 0) scheduler.add(left.shift()!.sequence);
      if (!scheduler.hasWork) continue;
      const batch = scheduler.schedule();
      const prefill = batch.reduce(
        (sum, { numTokens, sequence }) => sum + (sequence.numPendingTokens > 1 ? numTokens : 0),
        0,
      );
      expect(batch.length).toBeGreaterThan(0);
      expect(batch.length).toBeLessThanOrEqual(limits.maxSequences);
      expect(prefill).toBeLessThanOrEqual(limits.maxPrefillTokens);
      run(batch, blocks);
      blocks.checkIntegrity(scheduler.sequences());
      for (const sequence of scheduler.sequences()) {
        if (sequence.completionTokens < lengths.get(sequence)!) continue;
        scheduler.remove(sequence);
        finished.push(sequence.id);
      }
      expect(steps++).toBeLessThan(40_000);
    }
    blocks.checkIntegrity([]);
  },
);
