/** A scaling report as CSV, a line per point, each with what it was measured with. */
import { csvLine } from '../csv.ts';
import type { ScaleReport } from './run-scale.ts';

const columns = [
  ...['model', 'quantisation', 'temperature', 'top_p', 'seed', 'problems', 'budget', 'samples'],
  ...['right', 'accuracy', 'low', 'high', 'tokens_per_problem', 'thinking_tokens_per_problem'],
  ...['date', 'cpu', 'device', 'version'],
];

export function scaleCsv(report: ScaleReport): string {
  const { model, settings, problems, points, date, cpu, device, version } = report;
  const { temperature, topP, seed } = settings;
  const rows = points.map(({ budget, samples, right, accuracy, interval, ...tokens }) => [
    ...[model.name, model.quantisation, temperature, topP, seed, problems.count, budget, samples],
    ...[right, accuracy.toFixed(4), ...interval.map((end) => end.toFixed(4))],
    ...[tokens.tokensPerProblem.toFixed(1), tokens.thinkingTokensPerProblem.toFixed(1)],
    ...[date, cpu, device, version],
  ]);
  return [columns, ...rows].map((row) => `${csvLine(row)}\n`).join('');
}
