/** The Pareto chart, with its axes to choose; a mark that is pressed opens its chip. */
import { useMemo } from 'preact/hooks';
import { paretoChart } from '../../../../src/planner/charts/pareto-chart.ts';
import type { Plan } from '../../../../src/planner/plan-answer.ts';
import { Segments } from '../../view/segments.tsx';
import { costAxes, latencyAxes } from '../state/plan-state.ts';
import { usePlanState, usePlanWords } from './plan-context.ts';
import { SvgView } from './svg-view.tsx';
import { useWidth } from './use-width.ts';

interface PlanChartProps {
  readonly plan: Plan;
  readonly onOpen: (chip: string) => void;
}

export function PlanChart({ plan, onOpen }: PlanChartProps) {
  const { chart: words, chartWords } = usePlanWords();
  const [{ x, y, chip }, change] = usePlanState();
  const [place, width] = useWidth<HTMLDivElement>(760);
  const { rows, question } = plan;
  const hasPrice = rows.some(({ cost }) => cost !== undefined);
  const picture = useMemo(() => {
    const { outTokens, tpotMs, ttftMs } = question;
    const limit = { tpot: tpotMs, ttft: ttftMs, latency: undefined }[x];
    return paretoChart(rows, {
      ...{ outTokens, x, words: chartWords, width, height: width < 520 ? 420 : 480 },
      ...(hasPrice && { y }),
      ...(limit !== undefined && { limit }),
      ...(chip !== undefined && { chosen: chip }),
    });
  }, [rows, question, x, y, chip, width, hasPrice, chartWords]);
  return (
    <section class="plan-chart" aria-labelledby="chart-title">
      <header>
        <h2 id="chart-title">{words.title}</h2>
        <Segments
          name="x"
          label={words.across}
          values={latencyAxes}
          words={words.xs}
          value={x}
          onChange={(value) => change({ x: value })}
        />
        <Segments
          name="y"
          label={words.up}
          values={costAxes}
          words={words.ys}
          value={hasPrice ? y : 'chips'}
          onChange={(value) => change({ y: value })}
        />
      </header>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the table has the same as buttons */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table has the same as buttons */}
      <div ref={place} class="chart-place" onClick={(event) => openMark(event, onOpen)}>
        <SvgView picture={picture} />
      </div>
      <p class="faint small">{words.key}</p>
    </section>
  );
}

function openMark(event: Event, onOpen: (chip: string) => void): void {
  const mark = (event.target as Element).closest('[data-chip]');
  const chip = mark?.getAttribute('data-chip');
  if (chip) onOpen(chip);
}
