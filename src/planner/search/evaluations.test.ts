/** A plan for a large load stays quick: counted in steps computed, not in seconds of some machine. */
import { expect, test, vi } from 'vitest';
import { plan } from '../plan.ts';

const { steps } = vi.hoisted(() => ({ steps: { decode: 0, prefill: 0 } }));
vi.mock('../cost/decode-step.ts', async (original) => {
  const module = await original<typeof import('../cost/decode-step.ts')>();
  const decodeStep: typeof module.decodeStep = (...args) => {
    steps.decode++;
    return module.decodeStep(...args);
  };
  return { ...module, decodeStep };
});
vi.mock('../cost/prefill-pass.ts', async (original) => {
  const module = await original<typeof import('../cost/prefill-pass.ts')>();
  const prefillPass: typeof module.prefillPass = (...args) => {
    steps.prefill++;
    return module.prefillPass(...args);
  };
  return { ...module, prefillPass };
});

test('1,000 requests a second on any chip: 32 steps for a layout at most', () => {
  const { rows, search } = plan({
    model: 'deepseek-r1',
    rate: 1000,
    inTokens: 2000,
    outTokens: 800,
    ttftMs: 2000,
    tpotMs: 50,
  });
  expect(rows.length).toBeGreaterThan(20);
  expect(search.layouts).toBeGreaterThan(5000);
  expect(search.exhaustive).toBe(true);
  expect(steps.decode + steps.prefill).toBeGreaterThan(search.layouts);
  expect(steps.decode + steps.prefill).toBeLessThan(32 * search.layouts);
});
