/** A prediction as people read it: what comes out with its range, what a step goes to, memory. */

import type { SourceRow } from '../../planner/facts/source.ts';
import type { PredictQuestion } from '../../planner/predict-question.ts';
import type { Limit, Measures, Prediction, StepParts } from '../../planner/prediction.ts';
import { count } from '../print-reply.ts';
import { paint, type Terminal } from '../terminal.ts';
import { amountText, gigabytesText, percentText, timeText } from './figures.ts';
import { lineWidth, wrapped } from './text-table.ts';

const labelWidth = 10;

export function describePrediction(
  prediction: Prediction,
  question: PredictQuestion,
  sources: readonly SourceRow[],
  { stdout }: Terminal,
): string {
  const width = lineWidth(stdout);
  const { model, chip, chips, engine, precision, layout, concurrency, memory, parts } = prediction;
  const row = (name: string, text: string) =>
    wrapped(text, width - labelWidth).map(
      (line, i) => `${paint(stdout, 'dim', (i === 0 ? name : '').padEnd(labelWidth))}${line}`,
    );
  const drafts = question.mtpAcceptance ? `; drafts accepted: ${question.mtpAcceptance}` : '';
  const cached = question.cacheHit ? ` (${percentText(question.cacheHit)} cached)` : '';
  return [
    ...row('serving', `${model} on ${chips} × ${chip}: ${engine}, ${precision}, ${layout}`),
    ...row(
      'load',
      `${concurrency} at once, ${question.inTokens} tokens in${cached}, ${question.outTokens} out${drafts}`,
    ),
    ...measured(prediction).flatMap(([name, text]) => row(name, text)),
    ...row('range', prediction.basis),
    ...row(
      'carries',
      `${amountText(prediction.requestsPerSecond)} requests/s, ${count(Math.round(prediction.running), 'sequence')} at once`,
    ),
    ...row('limit', limitText(prediction)),
    ...row('decode', bar(parts.decode)),
    ...row('', partsText(parts.decode, 'a step')),
    ...row('prefill', bar(parts.prefill)),
    ...row('', partsText(parts.prefill, 'a pass')),
    ...row(
      'memory',
      `${gigabytesText(memory.totalBytes)} a chip: ${gigabytesText(memory.weightBytes)} weights, ` +
        `${gigabytesText(memory.kvBytes)} keys and values, ${gigabytesText(memory.reservedBytes)} kept free`,
    ),
    ...row('grade', `${prediction.grade}, of the worst figure it rests on`),
    ...prediction.notes.flatMap((note, i) => row(i === 0 ? 'assumed' : '', note)),
    ...sourceTexts(prediction.sources, sources).flatMap((text, i) => row(i ? '' : 'sources', text)),
  ].join('\n');
}

function sourceTexts(tags: readonly string[], sources: readonly SourceRow[]): readonly string[] {
  return tags.map((tag) => {
    const found = sources.find((source) => source.tag === tag);
    return [`[${tag}]${found ? ` ${found.title}` : ''}`, found?.address].filter(Boolean).join(', ');
  });
}

function measured(prediction: Prediction): readonly (readonly [string, string])[] {
  const line = (key: keyof Measures, textOf: (value: number) => string, unit = '') => {
    const [value, low, high] = [prediction, prediction.low, prediction.high].map((m) =>
      textOf(m[key]),
    ) as [string, string, string];
    return `${`${value}${unit}`.padEnd(24)} ${low} to ${high}`;
  };
  return [
    ['TTFT', line('ttftMs', timeText)],
    ['TPOT', line('tpotMs', timeText)],
    ['in', line('inputTokensPerSecondPerChip', amountText, ' tokens/s a chip')],
    ['out', line('outputTokensPerSecondPerChip', amountText, ' tokens/s a chip')],
  ];
}

const limitNames: Readonly<Record<Limit, string>> = {
  compute: 'compute',
  memory: 'memory bandwidth',
  interconnect: 'links between chips',
  overhead: 'launches and latencies',
  queue: 'waiting: the other phase, or room for keys and values',
};

function limitText({ limit, prefillLimit }: Prediction): string {
  return `replies: ${limitNames[limit]}; prompts: ${limitNames[prefillLimit]}`;
}

const cells = 50;
const marks: readonly (readonly [keyof StepParts, string])[] = [
  ['products', '█'],
  ['attention', '▓'],
  ['experts', '▒'],
  ['collectives', '░'],
  ['overhead', '·'],
];

/** Each part as long as its share; ends are rounded, so the whole is always as long. */
export function bar(parts: StepParts): string {
  const total = secondsOf(parts);
  let end = 0;
  let drawn = '';
  for (const [name, mark] of marks) {
    end += total > 0 ? parts[name] / total : 0;
    drawn += mark.repeat(Math.max(0, Math.round(end * cells) - drawn.length));
  }
  return drawn;
}

function partsText(parts: StepParts, what: string): string {
  const total = secondsOf(parts);
  const shares = marks
    .filter(([name]) => parts[name] > 0)
    .map(([name, mark]) => `${mark} ${name} ${percentText(parts[name] / total)}`)
    .map((text) => text.replaceAll(' ', '\u00a0'));
  return `${timeText(total * 1000)} ${what}: ${shares.join(', ')}`;
}

const secondsOf = (parts: StepParts) => marks.reduce((sum, [name]) => sum + parts[name], 0);
