/** The plan as one HTML file that the browser saves. */

import type { Plan } from '../../../src/planner/plan-answer.ts';
import { reportPage } from '../../../src/planner/report/report-page.ts';
import { chipsTable, findSource } from './planner.ts';

export function saveReport(plan: Plan): void {
  const address = URL.createObjectURL(
    new Blob([reportPage(plan, chipsTable, findSource)], { type: 'text/html' }),
  );
  const link = document.createElement('a');
  link.href = address;
  link.download = `sampan-plan-${plan.question.model}.html`;
  link.click();
  URL.revokeObjectURL(address);
}
