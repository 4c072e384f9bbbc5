/** Chips that cannot do it, why, and what is nearest to it; those with the same reason together. */
import { withoutVendor } from '../../../../src/planner/charts/chip-label.ts';
import type { RefusedRow } from '../../../../src/planner/plan-answer.ts';
import { usePlanWords } from './plan-context.ts';

interface RefusedListProps {
  readonly refused: readonly RefusedRow[];
  readonly onOpen: (chip: string) => void;
}

export function RefusedList({ refused, onOpen }: RefusedListProps) {
  const { refused: words, table } = usePlanWords();
  if (refused.length === 0) return null;
  return (
    <section class="refused" aria-labelledby="refused-title">
      <h2 id="refused-title">{words.title}</h2>
      <ul>
        {sameReason(refused).map(({ reason, nearest, chips }) => (
          <li key={chips[0]?.chip}>
            {chips.map(({ chip, chipName, vendor }) => (
              <span class="refused-chip" key={chip} data-chip={chip}>
                <button
                  type="button"
                  class="link"
                  title={table.details(chipName)}
                  onClick={() => onOpen(chip)}
                >
                  {withoutVendor(chipName, vendor)}
                </button>{' '}
                <small class="faint">{vendor}</small>
              </span>
            ))}
            <p lang="en">{reason}</p>
            {nearest !== undefined && (
              <p class="faint">
                {words.nearest} <span lang="en">{nearest}</span>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Refusal extends Pick<RefusedRow, 'reason' | 'nearest'> {
  readonly chips: readonly RefusedRow[];
}

function sameReason(refused: readonly RefusedRow[]): readonly Refusal[] {
  const groups = new Map<string, RefusedRow[]>();
  for (const row of refused) {
    const why = JSON.stringify([row.reason, row.nearest]);
    groups.set(why, [...(groups.get(why) ?? []), row]);
  }
  return [...groups.values()].map((chips) => {
    const { reason, nearest } = chips[0] as RefusedRow;
    return { chips, reason, ...(nearest !== undefined && { nearest }) };
  });
}
