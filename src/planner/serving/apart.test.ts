import { expect, test } from 'vitest';
import { sendSeconds } from '../cost/links.ts';
import { sequenceBytes, sequenceRoom } from '../cost/memory.ts';
import { prefillInterval, prefillPass } from '../cost/prefill-pass.ts';
import { roundInstance } from '../fixtures/round-chip.ts';
import { type Stage, serveApart } from './apart.ts';

const factors = { firstTokenMs: 40, promptsFirst: 0.1, stepMicros: 1000 };
const stage = (layout: string, count: number): Stage => ({
  instance: roundInstance('deepseek-r1', 'fp8', layout, { factors }),
  count,
});
const load = { inTokens: 2000, outTokens: 800, cacheHit: 0 };

test("Little's law: at prompts and at replies are as many as there are clients", () => {
  for (const concurrency of [1, 8, 64, 300]) {
    const served = serveApart(stage('tp8', 2), stage('tp4dp2ep8', 2), { ...load, concurrency });
    const { requestsPerSecond, ttftSeconds, tpotSeconds, running } = served;
    const clients = requestsPerSecond * (ttftSeconds + 799 * tpotSeconds);
    expect(clients / concurrency).toBeCloseTo(1, 4);
    // Those at replies alone.
    const replying = requestsPerSecond * 799 * tpotSeconds;
    if (running > 1) expect(replying / running).toBeCloseTo(1, 2);
  }
});

test('one client waits for nobody: engine, prompt, hand-over', () => {
  const prefillers = stage('tp8', 1);
  const { ttftSeconds } = serveApart(prefillers, stage('tp8', 1), {
    ...load,
    inTokens: 8000,
    concurrency: 1,
  });
  const pass = prefillPass(prefillers.instance, 8000, 0);
  const handOver = sendSeconds(prefillers.instance, sequenceBytes(prefillers.instance, 8000));
  const alone = 0.04 + pass.seconds + handOver;
  expect(ttftSeconds).toBeGreaterThanOrEqual(alone);
  expect(ttftSeconds).toBeLessThan(alone * 1.15);
});

test('prompts cannot pass faster than prefillers read them', () => {
  const prefillers = stage('tp8', 1);
  const served = serveApart(prefillers, stage('tp4dp2ep8', 8), { ...load, concurrency: 2000 });
  const pass = prefillPass(prefillers.instance, 2000, 0);
  const most = 1 / prefillInterval(prefillers.instance, pass);
  expect(served.requestsPerSecond).toBeLessThanOrEqual(most);
  expect(served.requestsPerSecond).toBeGreaterThan(0.9 * most);
  expect(served.queues).toBe(true);
});

test('decoders hold no more sequences than fit; the rest wait', () => {
  const decoders = stage('tp8', 1);
  const room = sequenceRoom(decoders.instance, 2000, 800);
  const served = serveApart(stage('tp8', 8), decoders, { ...load, concurrency: 3 * room });
  expect(served.running).toBeLessThanOrEqual(room);
  expect(served.running).toBeGreaterThan(0.95 * room);
  expect(served.queues).toBe(true);
  const clients = served.requestsPerSecond * (served.ttftSeconds + 799 * served.tpotSeconds);
  expect(clients / (3 * room)).toBeCloseTo(1, 3);
});

test('more prefillers never make a TTFT longer, more decoders never a TPOT', () => {
  const serve = (prefillers: number, decoders: number) =>
    serveApart(stage('tp8', prefillers), stage('tp4dp2ep8', decoders), {
      ...load,
      concurrency: 200,
    });
  const base = serve(2, 2);
  expect(serve(4, 2).ttftSeconds).toBeLessThan(base.ttftSeconds);
  expect(serve(2, 4).tpotSeconds).toBeLessThan(base.tpotSeconds);
  expect(base.promptShare).toBe(0.5);
  expect(serve(1, 3).promptShare).toBe(0.25);
});
