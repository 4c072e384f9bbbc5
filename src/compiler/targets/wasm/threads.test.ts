/** Two threads, one memory, and a barrier written with the emitter. */
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { ModuleEmitter } from './module-emitter.ts';
import { webAssembly } from './web-assembly.ts';

const arrived = 0; // how many wait in this round
const round = 4; // grows when all have arrived; what the others sleep on
const slots = 64; // one i32 per thread

/**
 * run(thread, numThreads, numRounds): each round a thread writes the round's number to its slot,
 * meets the others, counts slots that do not hold that number, and meets them again.
 */
function barrierModule(): Uint8Array {
  const module = new ModuleEmitter();
  module.importMemory('env', 'memory', { minPages: 1, maxPages: 1, shared: true });

  const meet = module.function('meet', { numThreads: 'i32' });
  const before = meet.local('i32');
  meet['i32.const'](round);
  meet['i32.atomic.load']();
  meet['local.set'](before);
  meet['i32.const'](arrived);
  meet['i32.const'](1);
  meet['i32.atomic.rmw.add']();
  meet['i32.const'](1);
  meet['i32.add']();
  meet['local.get'](meet.params.numThreads);
  meet['i32.eq']();
  const isLast = meet.if();
  meet['i32.const'](arrived);
  meet['i32.const'](0);
  meet['i32.atomic.store']();
  meet['i32.const'](round);
  meet['i32.const'](1);
  meet['i32.atomic.rmw.add']();
  meet.drop();
  meet['i32.const'](round);
  meet['i32.const'](-1);
  meet['memory.atomic.notify']();
  meet.drop();
  meet.return();
  meet.end(isLast);
  const asleep = meet.loop();
  meet['i32.const'](round);
  meet['local.get'](before);
  meet['i64.const'](-1n);
  meet['memory.atomic.wait32']();
  meet.drop();
  meet['i32.const'](round);
  meet['i32.atomic.load']();
  meet['local.get'](before);
  meet['i32.eq']();
  meet.br_if(asleep);
  meet.end(asleep);

  const params = { thread: 'i32', numThreads: 'i32', numRounds: 'i32' } as const;
  const run = module.function('run', params, ['i32']);
  const { thread, numThreads, numRounds } = run.params;
  const wrong = run.local('i32');
  const other = run.local('i32');
  const slotOf = (local: typeof thread) => {
    run['local.get'](local);
    run['i32.const'](2);
    run['i32.shl']();
  };
  const add = (to: typeof thread, amount: number) => {
    run['local.get'](to);
    run['i32.const'](amount);
    run['i32.add']();
    run['local.tee'](to);
  };
  const eachRound = run.loop();
  slotOf(thread);
  run['local.get'](numRounds);
  run['i32.store']({ offset: slots }); // plain: it is the barrier that orders it
  run['local.get'](numThreads);
  run.call(meet);
  run['local.get'](numThreads);
  run['local.set'](other);
  const eachOther = run.loop();
  add(other, -1);
  run.drop();
  slotOf(other);
  run['i32.load']({ offset: slots });
  run['local.get'](numRounds);
  run['i32.ne']();
  run['local.get'](wrong);
  run['i32.add']();
  run['local.set'](wrong);
  run['local.get'](other);
  run.br_if(eachOther);
  run.end(eachOther);
  run['local.get'](numThreads);
  run.call(meet);
  add(numRounds, -1);
  run.br_if(eachRound);
  run.end(eachRound);
  run['local.get'](wrong);
  module.export(run);
  return module.finish();
}

const worker = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { module, memory, args } = workerData;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  parentPort.postMessage(exports.run(...args));
`;

test('two threads share a memory and meet at a barrier a thousand times', async () => {
  const module = new webAssembly.Module(barrierModule());
  const memory = new webAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const numRounds = 1000;
  const wrong = [0, 1].map((thread) => {
    const workerData = { module, memory, args: [thread, 2, numRounds] };
    const thisWorker = new Worker(worker, { eval: true, workerData });
    return new Promise<number>((resolve, reject) => {
      thisWorker.once('message', resolve);
      thisWorker.once('error', reject);
    });
  });
  expect(await Promise.all(wrong)).toEqual([0, 0]);
  const words = new Int32Array(memory.buffer);
  expect([words[arrived / 4], words[round / 4]]).toEqual([0, 2 * numRounds]);
});
