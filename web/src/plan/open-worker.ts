/** The planner's worker, whose address the page's policy takes from here and from nowhere else. */

import workerAddress from './plan-worker.ts?worker&url';
import type { PlanPort } from './state/plan-runner.ts';

/** Browsers that hold pages to trusted types; as src/server/page.ts allows it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

export function openWorker(): PlanPort {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const rules = { createScriptURL: () => workerAddress };
  const policy = trustedTypes?.createPolicy('sampan-worker', rules) ?? rules;
  return new Worker(policy.createScriptURL(workerAddress), { type: 'module' }) as PlanPort;
}
