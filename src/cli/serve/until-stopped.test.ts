import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { FakeTerminal } from '../../../test/fakes/fake-terminal.ts';
import { untilStopped } from './until-stopped.ts';

function running() {
  const terminal = new FakeTerminal();
  const gate = Promise.withResolvers<void>();
  const seen = { begun: 0, ending: 0 };
  const over = untilStopped(terminal, {
    begin: () => void seen.begun++,
    end: () => {
      seen.ending++;
      return gate.promise;
    },
  });
  return { terminal, seen, over, release: gate.resolve };
}

test.each(['interrupt', 'terminate'] as const)('%s ends it once, in order', async (signal) => {
  const { terminal, seen, over, release } = running();
  await wait(5);
  expect(seen).toEqual({ begun: 1, ending: 0 });
  terminal[signal]();
  terminal[signal](); // the same one, passed on by npm
  await wait(5);
  expect(seen.ending).toBe(1);
  release();
  await over;
});

test('a second signal does not wait', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  try {
    const { terminal, over, release } = running();
    await wait(1);
    terminal.interrupt();
    await wait(320);
    expect(exit).not.toHaveBeenCalled();
    terminal.terminate();
    expect(exit).toHaveBeenCalledWith(130);
    release();
    await over;
  } finally {
    exit.mockRestore();
  }
});
