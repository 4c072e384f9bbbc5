/** Predicted against published, a picture for each measure: files of docs/. */

import { svgFile } from '../../src/planner/charts/chart-frame.ts';
import { scatterChart } from '../../src/planner/charts/scatter-chart.ts';
import { type Measure, predictedOf, type ReplayedResult } from '../../src/planner/replay/replay.ts';

const quantities: { readonly [measure in Measure]: string } = {
  ttft: 'TTFT, ms',
  tpot: 'TPOT, ms',
  throughput: 'tokens/s per chip',
};

/** File name → SVG, of the results that the fit did not see. */
export function replayScatters(rows: readonly ReplayedResult[]): [string, string][] {
  const unseen = rows.filter(({ half }) => half === 'check');
  return Object.entries(quantities).map(([measure, quantity]) => {
    const points = unseen.flatMap((row) => {
      const ratio = row.ratios[measure as Measure];
      const predicted = predictedOf(row, measure as Measure);
      if (ratio === undefined || predicted === undefined) return [];
      const { family } = row.deployment.chip;
      return [{ published: predicted * ratio, predicted, family, name: row.result.id }];
    });
    return [`planner-${measure}.svg`, svgFile(scatterChart(points, { quantity }))];
  });
}
