/** All about one chip: its deployment or why there is none, its roofline, figures, prices, export. */
import { useEffect, useRef } from 'preact/hooks';
import { withoutVendor } from '../../../../src/planner/charts/chip-label.ts';
import { rooflineChart } from '../../../../src/planner/charts/roofline-chart.ts';
import { shareBar } from '../../../../src/planner/charts/share-bar.ts';
import type { Chip } from '../../../../src/planner/facts/chip.ts';
import type { Plan } from '../../../../src/planner/plan-answer.ts';
import { IconButton } from '../../view/icon-button.tsx';
import { chipsTable } from '../planner.ts';
import { ChipFigures } from './chip-figures.tsx';
import { ChipMarket } from './chip-market.tsx';
import { DeploymentFacts } from './deployment-facts.tsx';
import { usePlanState, usePlanWords } from './plan-context.ts';
import { SvgView } from './svg-view.tsx';
import { useWidth } from './use-width.ts';

export function ChipDetail({ plan }: { readonly plan: Plan | undefined }) {
  const { detail: words } = usePlanWords();
  const [state, change] = usePlanState();
  const dialog = useRef<HTMLDialogElement>(null);
  const chip = chipsTable.find(({ id }) => id === state.chip);
  const close = () => change({ chip: undefined });
  useEffect(() => {
    if (chip !== undefined && !dialog.current?.open) dialog.current?.showModal();
    else if (chip === undefined) dialog.current?.close();
  }, [chip]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog closes on Esc by itself
    <dialog
      ref={dialog}
      class="settings chip-detail"
      aria-labelledby="chip-title"
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close(); // beside it
      }}
    >
      {chip !== undefined && (
        <div class="sheet">
          <header>
            <h2 id="chip-title">
              {withoutVendor(chip.name, chip.vendor)} <small class="faint">{chip.vendor}</small>
            </h2>
            <IconButton icon="close" label={words.close} onClick={close} />
          </header>
          <ChipSheet chip={chip} plan={plan} />
        </div>
      )}
    </dialog>
  );
}

function ChipSheet({ chip, plan }: { readonly chip: Chip; readonly plan: Plan | undefined }) {
  const { detail: words, refused: refusedWords, chartWords } = usePlanWords();
  const [place, width] = useWidth<HTMLDivElement>(620);
  const row = plan?.rows.find(({ prediction }) => prediction.chip === chip.id);
  const refused = plan?.refused.find((it) => it.chip === chip.id);
  const work = row?.prediction.work;
  const roofline = rooflineChart(chip, { width, height: 320, work, words: chartWords });
  return (
    <>
      {row && <DeploymentFacts row={row} />}
      {refused && (
        <section>
          <h3>{words.refused}</h3>
          <p lang="en">{refused.reason}</p>
          {refused.nearest !== undefined && (
            <p class="faint">
              {refusedWords.nearest} <span lang="en">{refused.nearest}</span>
            </p>
          )}
        </section>
      )}
      <div ref={place} />
      <section>
        <h3>{chartWords.roofline.title(chip.name)}</h3>
        <SvgView picture={roofline} />
      </section>
      {row && (
        <section>
          <h3>{chartWords.share.title}</h3>
          <SvgView picture={shareBar(row.prediction.parts, { width, words: chartWords })} />
        </section>
      )}
      <ChipFigures chip={chip} />
      <ChipMarket chip={chip} />
      {chip.notes.length > 0 && (
        <section>
          <h3>{words.note}</h3>
          <ul lang="en">
            {chip.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
