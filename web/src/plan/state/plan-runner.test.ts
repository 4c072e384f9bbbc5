import { expect, test } from 'vitest';
import { fakePlan } from '../../../../test/fakes/fake-planner.ts';
import type { PlanReply, PlanRequest } from '../plan-worker.ts';
import { type PlanPort, PlanRunner } from './plan-runner.ts';

class FakePort implements PlanPort {
  readonly asked: PlanRequest[] = [];
  onmessage: PlanPort['onmessage'] = null;
  onerror: PlanPort['onerror'] = null;
  postMessage = (request: PlanRequest) => void this.asked.push(request);
  answer(reply: PlanReply): void {
    this.onmessage?.({ data: reply } as MessageEvent<PlanReply>);
  }
}

const question = (rate: number) => ({
  ...{ model: 'deepseek-r1', rate, inTokens: 2000, outTokens: 800 },
});
const reply = (rate: number) => ({ plan: fakePlan(question(rate)), tookMs: 3 });

test('while one question is worked on, only the newest of the others is kept', () => {
  const port = new FakePort();
  const runner = new PlanRunner(port);
  for (const rate of [1, 2, 3, 4]) runner.ask(question(rate));
  expect(port.asked.map(({ question }) => question.rate)).toEqual([1]);
  expect(runner.get()).toMatchObject({ isBusy: true, plan: undefined });

  port.answer(reply(1));
  expect(port.asked.map(({ question }) => question.rate)).toEqual([1, 4]);
  expect(runner.get().plan?.question.rate).toBe(1); // shown meanwhile
  expect(runner.get().isBusy).toBe(true);

  port.answer(reply(4));
  expect(runner.get()).toMatchObject({ isBusy: false, tookMs: 3 });
  expect(runner.get().plan?.question.rate).toBe(4);
  expect(port.asked).toHaveLength(2);
});

test('a failure is told, the last plan stays, and the next answer takes it away', () => {
  const port = new FakePort();
  const runner = new PlanRunner(port);
  runner.ask(question(1));
  port.answer(reply(1));
  runner.ask(question(2));
  port.answer({ failure: { message: 'too long', remedy: 'shorten it' } });
  expect(runner.get().failure).toEqual({ message: 'too long', remedy: 'shorten it' });
  expect(runner.get().plan?.question.rate).toBe(1);
  runner.ask(question(3));
  port.answer(reply(3));
  expect(runner.get().failure).toBeUndefined();
});

test('a worker that breaks is told, and is asked again', () => {
  const port = new FakePort();
  const runner = new PlanRunner(port);
  runner.ask(question(1));
  port.onerror?.({ message: 'gone' } as ErrorEvent);
  expect(runner.get()).toMatchObject({ isBusy: false, failure: { message: 'gone' } });
  runner.ask(question(2));
  expect(port.asked).toHaveLength(2);
});
