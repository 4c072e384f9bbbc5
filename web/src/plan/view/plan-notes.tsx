/** What the answer assumes, and the sources it rests on. */
import { chipLabels } from '../../../../src/planner/charts/chip-label.ts';
import type { Plan } from '../../../../src/planner/plan-answer.ts';
import { usePlanWords } from './plan-context.ts';
import { isOfTheWeb } from './source-link.tsx';

export function PlanNotes({ plan }: { readonly plan: Plan }) {
  const { notes: words, sources: sourceWords } = usePlanWords();
  const labels = chipLabels(plan.rows);
  return (
    <section class="plan-notes">
      <h2>{words.title}</h2>
      <p>{words.definitions}</p>
      {words.english !== '' && <p class="faint">{words.english}</p>}
      <p lang="en">{plan.search.note}</p>
      <details>
        <summary>{words.byChip}</summary>
        <ul lang="en">
          {plan.rows.map(({ prediction, notes }, i) => (
            <li key={labels[i]}>
              <strong>{labels[i]}</strong> {[...prediction.notes, ...notes].join('; ')}
            </li>
          ))}
        </ul>
      </details>
      <details>
        <summary>
          <h2>
            {sourceWords.title} ({plan.sources.length})
          </h2>
        </summary>
        <ul class="sources" lang="en">
          {plan.sources.map(({ tag, title, address }) => (
            <li key={tag}>
              <strong>{tag}</strong> {title}{' '}
              {isOfTheWeb(address) ? (
                <a href={address} target="_blank" rel="noopener noreferrer">
                  {address}
                </a>
              ) : (
                <span class="faint">{address}</span>
              )}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
