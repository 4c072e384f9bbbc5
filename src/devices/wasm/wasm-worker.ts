/**
 * A thread of a WasmMachine: instantiates the modules it is sent, and takes part in every run.
 * Its event loop never turns: orders are fetched from the port when the control block says that
 * there is something. Refused: running on the main thread, which must not block.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  type WasmFunction,
  type WasmMemory,
  webAssembly,
} from '../../compiler/targets/wasm/web-assembly.ts';
import {
  control,
  launchesStart,
  launchRecord,
  launchWords,
  type WorkerInput,
  type WorkerOrder,
  type WorkerReport,
} from './control-block.ts';

/** Rounds of looking before a thread sleeps: some tens of microseconds. */
const numSpins = 1000;

const { memory, thread, threads } = workerData as WorkerInput & { memory: WasmMemory };
const words = new Int32Array(memory.buffer); // stays valid for these pages when the memory grows
const functions: WasmFunction[] = [];
const pause = (Atomics as { pause?: () => void }).pause ?? (() => {});

if (!parentPort) throw new Error('wasm-worker runs as a worker thread');
const port = parentPort;
const report = (message: WorkerReport) => port.postMessage(message);

function takeOrders(): void {
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: WorkerOrder } | undefined;
    if (!received) return;
    const { code, name, module, weights } = received.message;
    const env = { memory, ...(weights as Readonly<Record<string, WasmMemory>>) };
    const instance = new webAssembly.Instance(module, { env });
    functions[code] = instance.exports[name];
    report({ kind: 'loaded', code });
  }
}

/** Returns once the word is no longer what it was. */
function waitWhile(index: number, value: number, sleepersIndex?: number): void {
  for (let spins = 0; Atomics.load(words, index) === value; spins++) {
    if (spins < numSpins) {
      pause();
      continue;
    }
    if (sleepersIndex !== undefined) Atomics.add(words, sleepersIndex, 1);
    Atomics.wait(words, index, value);
    if (sleepersIndex !== undefined) Atomics.sub(words, sleepersIndex, 1);
  }
}

/** Waits for all threads; whether the run goes on. The last to come decides for all. */
function meet(): boolean {
  const round = Atomics.load(words, control.round);
  if (Atomics.add(words, control.arrived, 1) === threads - 1) {
    Atomics.store(words, control.arrived, 0);
    if (Atomics.load(words, control.stop) !== 0) Atomics.store(words, control.isStopped, 1);
    Atomics.add(words, control.round, 1);
    if (Atomics.load(words, control.sleepers) > 0) Atomics.notify(words, control.round);
  } else {
    waitWhile(control.round, round, control.sleepers);
  }
  return Atomics.load(words, control.isStopped) === 0;
}

function runLaunch(at: number, scratch: number): void {
  const run = functions[words[at + launchRecord.code]];
  const argsAddress = words[at + launchRecord.argsAddress];
  const [items, grain] = [words[at + launchRecord.items], words[at + launchRecord.grain]];
  for (;;) {
    const start = Atomics.add(words, at + launchRecord.nextItem, grain);
    if (start >= items) return;
    run(argsAddress, start, Math.min(start + grain, items), scratch);
  }
}

function runLaunches(): void {
  const numLaunches = words[control.numLaunches];
  const scratch = words[control.scratch] + thread * words[control.scratchStride];
  for (let i = 0; i < numLaunches; i++) {
    const at = launchesStart + i * launchWords;
    if (words[at + launchRecord.waits] !== 0 && !meet()) return;
    try {
      runLaunch(at, scratch);
    } catch (error) {
      // The others will wait at barriers for this thread too, so it goes on to the next one.
      Atomics.add(words, control.failed, 1);
      Atomics.store(words, control.stop, 1);
      report({ kind: 'failed', reason: String((error as Error).stack) });
    }
  }
}

report({ kind: 'ready' });
let runNumber = Atomics.load(words, control.runNumber);
for (let generation = 0; ; ) {
  waitWhile(control.generation, generation);
  generation = Atomics.load(words, control.generation);
  takeOrders();
  const latestRun = Atomics.load(words, control.runNumber);
  if (latestRun === runNumber) continue;
  runNumber = latestRun;
  runLaunches();
  if (Atomics.add(words, control.finished, 1) === threads - 1) report({ kind: 'done' });
}
