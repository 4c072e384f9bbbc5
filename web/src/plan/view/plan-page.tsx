/** The whole plan page: the question at the side, the answer in the middle. */
import { useCallback, useEffect } from 'preact/hooks';
import { languageTag } from '../../text/language.ts';
import { useStore } from '../../view/use-store.ts';
import type { Complaint } from '../state/plan-address.ts';
import { AddressNotes } from './address-notes.tsx';
import { AnswerHead } from './answer-head.tsx';
import { ChipDetail } from './chip-detail.tsx';
import { Controls } from './controls.tsx';
import { PlanBar } from './plan-bar.tsx';
import { PlanChart } from './plan-chart.tsx';
import { usePlanApp, usePlanWords } from './plan-context.ts';
import { PlanNotes } from './plan-notes.tsx';
import { PlanTable } from './plan-table.tsx';
import { RefusedList } from './refused-list.tsx';

export function PlanPage({ complaints }: { readonly complaints: readonly Complaint[] }) {
  const words = usePlanWords();
  const { runner, state } = usePlanApp();
  const answer = useStore(runner, (it) => it);
  const open = useCallback((chip: string) => state.merge({ chip }), [state]);
  useDocument();
  const { plan, isBusy } = answer;
  return (
    <div class="plan-page">
      <a class="skip" href="#answer">
        {words.skipToAnswer}
      </a>
      <PlanBar />
      <main>
        <aside>
          <p class="plan-question">{words.question}</p>
          <Controls />
        </aside>
        <div class="plan-answer" aria-busy={isBusy}>
          <AddressNotes complaints={complaints} />
          <AnswerHead answer={answer} />
          {plan !== undefined && plan.rows.length > 0 && (
            <>
              <PlanChart plan={plan} onOpen={open} />
              <section aria-labelledby="table-title">
                <h2 id="table-title">{words.table.title}</h2>
                <PlanTable plan={plan} onOpen={open} />
              </section>
            </>
          )}
          {plan !== undefined && <RefusedList refused={plan.refused} onOpen={open} />}
          {plan !== undefined && <PlanNotes plan={plan} />}
        </div>
      </main>
      <ChipDetail plan={plan} />
    </div>
  );
}

/** What lies outside the page's own elements: title, language, light or dark. */
function useDocument(): void {
  const { settings } = usePlanApp();
  const { language, theme } = useStore(settings, (state) => state);
  const { documentTitle } = usePlanWords();
  useEffect(() => {
    document.documentElement.lang = languageTag(language);
    document.documentElement.dataset.theme = theme;
    document.title = documentTitle;
  }, [language, theme, documentTitle]);
}
