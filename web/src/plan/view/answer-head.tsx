/** The answer in a sentence, and what can be done with it. */
import { useState } from 'preact/hooks';
import type { Plan } from '../../../../src/planner/plan-answer.ts';
import { saveReport } from '../save-report.ts';
import type { PlanAnswer } from '../state/plan-runner.ts';
import { PlanFormat } from './format-plan.ts';
import { useLanguage, usePlanWords } from './plan-context.ts';

export function AnswerHead({ answer }: { readonly answer: PlanAnswer }) {
  const { answer: words } = usePlanWords();
  const { plan, failure, isBusy } = answer;
  return (
    <header class="answer-head">
      <h2 id="answer" tabIndex={-1} class="visually-hidden">
        {words.title}
      </h2>
      {failure !== undefined && (
        <div class="banner bad" role="alert">
          <p>
            {words.failed} <span lang="en">{[failure.message, failure.remedy].join(' ')}</span>
          </p>
        </div>
      )}
      {plan === undefined ? isBusy && <p class="faint">{words.working}</p> : <Best plan={plan} />}
      {plan !== undefined && <Tools plan={plan} tookMs={answer.tookMs} />}
    </header>
  );
}

function Best({ plan }: { readonly plan: Plan }) {
  const { answer: words, table, chart } = usePlanWords();
  const format = new PlanFormat(useLanguage());
  const [best] = plan.rows;
  if (best === undefined) {
    return (
      <div role="status">
        <p class="best">{words.none}</p>
        <p class="faint">{words.noneHint}</p>
      </div>
    );
  }
  const { prediction, cost } = best;
  const { engine, precision, layout, ttftMs, tpotMs } = prediction;
  return (
    <div role="status">
      <p class="best">
        <strong>{words.best(format.number(best.chips), best.chipName)}</strong>{' '}
        {words.with(engine, precision, layout)}
      </p>
      <dl class="key-figures">
        <Key name={table.cost(cost?.currency ?? chart.ys.cost)}>
          {cost ? format.money(cost.perMillionOutputAll, cost.currency) : table.unpriced}
        </Key>
        {cost && (
          <Key name={table.hour(cost.currency)}>{format.money(cost.perHour, cost.currency)}</Key>
        )}
        <Key name={table.ttft}>{format.time(ttftMs)}</Key>
        <Key name={table.tpot}>{format.time(tpotMs)}</Key>
      </dl>
    </div>
  );
}

function Key({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Tools({ plan, tookMs }: { readonly plan: Plan; readonly tookMs: number | undefined }) {
  const { answer: words } = usePlanWords();
  const format = new PlanFormat(useLanguage());
  const [isCopied, setIsCopied] = useState(false);
  const { layouts, exhaustive } = plan.search;
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), 2000);
  };
  return (
    <p class="answer-tools">
      <button type="button" class="soft" onClick={() => void copy()}>
        {isCopied ? words.copied : words.copyLink}
      </button>
      <button type="button" class="soft" onClick={() => saveReport(plan)}>
        {words.report}
      </button>
      <span class="faint small">
        {tookMs !== undefined && words.took(format.number(tookMs), format.number(layouts))}
        {!exhaustive && ` ${words.notAll}`}
      </span>
    </p>
  );
}
