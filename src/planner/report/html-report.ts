/** `htmlReport(plan)`: a plan as one file of HTML that needs no scripts and no network. */
import { chipsTable } from '../facts/chips-table.ts';
import { findSource } from '../find-source.ts';
import type { Plan } from '../plan-answer.ts';
import { reportPage } from './report-page.ts';

export function htmlReport(plan: Plan): string {
  return reportPage(plan, chipsTable, findSource);
}
