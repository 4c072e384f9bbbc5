/** How far to trust a figure: a letter whose meaning is said on hover and to screen readers. */
import type { Grade } from '../../../../src/planner/facts/figure.ts';
import { usePlanWords } from './plan-context.ts';

export function GradeBadge({ grade }: { readonly grade: Grade }) {
  const { table } = usePlanWords();
  const meaning = table.grades[grade];
  return (
    <span class={`grade grade-${grade}`} title={meaning}>
      <span aria-hidden="true">{grade}</span>
      <span class="visually-hidden">{meaning}</span>
    </span>
  );
}
