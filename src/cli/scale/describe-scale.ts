/** A scaling report as people read it: a table, and the curve in letters. */
import { count, harmless } from '../print-reply.ts';
import { paint, type Terminal } from '../terminal.ts';
import type { ScalePoint } from './measure-scale.ts';
import type { ScaleReport } from './run-scale.ts';

export function describeScale(report: ScaleReport, { stdout }: Terminal): string {
  const { model, settings, problems, points, device, cpu } = report;
  const dim = (text: string) => paint(stdout, 'dim', text);
  const sampling = `temperature ${settings.temperature}, top-p ${settings.topP}, seed ${settings.seed}`;
  return [
    `${model.name}, ${count(problems.count, 'problem')}, ${sampling}`,
    dim(harmless(`${device} on ${cpu}, ${Math.round(report.seconds)} s`)),
    '',
    dim('thinking budget  samples  tokens a problem  accuracy  95 % interval'),
    ...points.map(row),
    '',
    ...plot(points),
  ].join('\n');
}

function row({ budget, samples, tokensPerProblem, accuracy, interval }: ScalePoint): string {
  const [low, high] = interval.map((end) => percent(end));
  return [
    String(budget).padStart(15),
    String(samples).padStart(7),
    tokensPerProblem.toFixed(1).padStart(16),
    percent(accuracy).padStart(8),
    `${low} to ${high}`,
  ].join('  ');
}

const width = 60;
const height = 14;

/** Accuracy over tokens a problem, on a logarithmic scale; a letter for each number of samples. */
function plot(points: readonly ScalePoint[]): string[] {
  const sizes = [...new Set(points.map(({ samples }) => samples))];
  const tokens = points.map(({ tokensPerProblem }) => Math.max(1, tokensPerProblem));
  const [first, last] = [Math.log2(Math.min(...tokens)), Math.log2(Math.max(...tokens))];
  const grid = Array.from({ length: height }, () => new Array<string>(width).fill(' '));
  for (const [i, { samples, accuracy }] of points.entries()) {
    const along = last > first ? (Math.log2(tokens[i]) - first) / (last - first) : 0;
    const x = Math.round(along * (width - 1));
    const y = Math.round((1 - accuracy) * (height - 1));
    grid[y][x] = letterOf(sizes.indexOf(samples));
  }
  const legend = sizes.map((size, i) => `${letterOf(i)} = ${count(size, 'sample')}`).join(', ');
  const [least, most] = [Math.min(...tokens), Math.max(...tokens)].map((n) => n.toFixed(0));
  return [
    ...grid.map((cells, y) => `${axisLabel(y)} │${cells.join('').trimEnd()}`),
    `      └${'─'.repeat(width)}`,
    `       ${least}${`${most} tokens a problem`.padStart(width - least.length)}`,
    `       ${legend}`,
  ];
}

function axisLabel(y: number): string {
  const isMarked = y === 0 || y === height - 1;
  return isMarked ? percent(1 - y / (height - 1), 0).padStart(5) : '     ';
}

const letterOf = (index: number) => String.fromCharCode(97 + index);
const percent = (share: number, digits = 1) => `${(100 * share).toFixed(digits)} %`;
