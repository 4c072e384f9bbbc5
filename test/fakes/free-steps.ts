/** Steps that cost the same whatever their rows: tests of drafts do not depend on a clock. */
import type { StepCost } from '../../src/engine/step-cost.ts';

export const freeSteps: StepCost = {
  note() {},
  noteDraft() {},
  relative: () => 1,
  isPlainDue: () => false,
  noteRefusal() {},
};
