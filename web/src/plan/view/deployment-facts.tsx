/** How a chip would be deployed, and what that rests on. */
import type { ComponentChildren } from 'preact';
import type { PlanRow } from '../../../../src/planner/plan-answer.ts';
import { PlanFormat } from './format-plan.ts';
import { GradeBadge } from './grade-badge.tsx';
import { useLanguage, usePlanWords } from './plan-context.ts';
import { SourceLink } from './source-link.tsx';

const giga = 1e9;

export function DeploymentFacts({ row }: { readonly row: PlanRow }) {
  const { detail: words, table, notes: noteWords } = usePlanWords();
  const format = new PlanFormat(useLanguage());
  const { prediction, cost } = row;
  const { weightBytes, kvBytes, reservedBytes, totalBytes } = prediction.memory;
  const gb = (bytes: number) => format.number(bytes / giga);
  const notes = [...prediction.notes, ...row.notes];
  return (
    <section>
      <h3>{words.deployment}</h3>
      <dl class="facts">
        <Fact name={table.engine}>
          {prediction.engine} {prediction.precision} <GradeBadge grade={prediction.grade} />
        </Fact>
        <Fact name={words.layout}>
          {words.layoutValue(
            prediction.layout,
            format.number(prediction.chips),
            format.number(row.replicas),
          )}
        </Fact>
        <Fact name={words.capacity}>
          {words.capacityValue(format.number(row.capacity), format.percent(row.utilisation))}
        </Fact>
        <Fact name={words.memory}>
          {words.memoryValue(gb(weightBytes), gb(kvBytes), gb(reservedBytes), gb(totalBytes))}
        </Fact>
        {cost && (
          <Fact name={words.price}>
            {format.money(cost.chipHour, cost.currency)}{' '}
            {cost.priceGrade === 'yours' ? (
              table.grades.yours
            ) : (
              <>
                <SourceLink tag={cost.priceSource} /> {cost.priceDate}{' '}
                <GradeBadge grade={cost.priceGrade} />
              </>
            )}
          </Fact>
        )}
        <Fact name={words.basis}>
          <span lang="en">{prediction.basis}</span>
        </Fact>
        <Fact name={words.source}>
          {prediction.sources.map((tag) => (
            <span key={tag}>
              <SourceLink tag={tag} />{' '}
            </span>
          ))}
        </Fact>
        {notes.length > 0 && (
          <Fact name={noteWords.title}>
            <span lang="en">{notes.join('; ')}</span>
          </Fact>
        )}
      </dl>
    </section>
  );
}

interface FactProps {
  readonly name: string;
  readonly children: ComponentChildren;
}

function Fact({ name, children }: FactProps) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
