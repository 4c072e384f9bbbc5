/** A plan as a page of HTML: what was asked, what came out, what it rests on. */
import { chipLabels } from '../charts/chip-label.ts';
import { paretoChart } from '../charts/pareto-chart.ts';
import { element, printSvg, type SvgElement } from '../charts/svg-element.ts';
import type { Chip } from '../facts/chip.ts';
import type { Plan, PlanQuestion } from '../plan-answer.ts';
import { chipSection } from './report-chip.ts';
import { rankedTable, refusedTable } from './report-rows.ts';
import { reportStyle } from './report-style.ts';
import { facts, milliseconds, number, type SourceAddress, sourceLink } from './report-text.ts';

/** So many deployments are told of one by one. */
const numDetailed = 6;

export function reportPage(
  plan: Plan,
  chips: readonly Chip[],
  findSource: (tag: string) => { readonly address: string } | undefined,
): string {
  const address: SourceAddress = (tag) => findSource(tag)?.address;
  const title = `Plan: ${plan.question.model}`;
  const body = element('body', {}, [
    element('h1', {}, [title]),
    element('p', { class: 'answer' }, [answerOf(plan)]),
    facts(questionFacts(plan.question)),
    ...(plan.rows.length === 0 ? [] : deployments(plan)),
    ...(plan.refused.length === 0
      ? []
      : [heading('Chips that cannot do it'), refusedTable(plan.refused)]),
    ...details(plan, chips, address),
    ...assumptions(plan),
    ...sources(plan, address),
  ]);
  const head = element('head', {}, [
    element('meta', { charset: 'utf-8' }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('title', {}, [title]),
    element('style', {}, [reportStyle]),
  ]);
  return `<!doctype html>\n${printSvg(element('html', { lang: 'en' }, [head, body]))}\n`;
}

const heading = (words: string) => element('h2', {}, [words]);

function answerOf({ rows, refused }: Plan): string {
  const [best] = rows;
  if (best === undefined) return `None of ${refused.length} chips can do this.`;
  const { prediction, cost } = best;
  const money =
    cost === undefined
      ? 'its price is not known'
      : `${number(cost.perMillionOutputAll)} ${cost.currency} per million output tokens, ${number(cost.perHour)} ${cost.currency} an hour`;
  return `${number(best.chips)} × ${best.chipName} with ${prediction.engine}, ${prediction.precision}, ${prediction.layout}: first token after ${milliseconds(prediction.ttftMs)}, then one every ${milliseconds(prediction.tpotMs)}; ${money}.`;
}

export function questionFacts(question: PlanQuestion): (readonly [string, string])[] {
  const { rate, inTokens, outTokens, ttftMs, tpotMs, cacheHit, mtpAcceptance } = question;
  const { region, currency, prices, chips, engine, precision, budgetPerHour } = question;
  const pairs: (readonly [string, string | undefined])[] = [
    ['Model', question.model],
    ['Requests per second', rate === undefined ? 'as many as are carried' : number(rate)],
    ['Tokens in, out', `${number(inTokens)}, ${number(outTokens)}`],
    ['TTFT at most', ttftMs === undefined ? 'any' : milliseconds(ttftMs)],
    ['TPOT at most', tpotMs === undefined ? 'any' : milliseconds(tpotMs)],
    [
      'Prompt tokens in the cache',
      cacheHit === undefined ? undefined : `${number(100 * cacheHit)} %`,
    ],
    ['Further tokens accepted', mtpAcceptance?.map(number).join(', ')],
    ['Region, currency', [region, currency].filter(Boolean).join(', ') || undefined],
    ['Chips', chips?.map(({ chip, count }) => (count ? `${chip}:${count}` : chip)).join(', ')],
    ['Engine, precision', [engine, precision].filter(Boolean).join(', ') || undefined],
    ['Budget per hour', budgetPerHour === undefined ? undefined : number(budgetPerHour)],
    ['Own prices per chip-hour', prices && ownPrices(prices)],
  ];
  return pairs.filter((pair): pair is readonly [string, string] => Boolean(pair[1]));
}

function ownPrices(prices: NonNullable<PlanQuestion['prices']>): string {
  return Object.entries(prices)
    .map(([chip, { amount, currency }]) => `${chip} ${number(amount)} ${currency}`)
    .join(', ');
}

function deployments(plan: Plan): SvgElement[] {
  const { outTokens, tpotMs } = plan.question;
  const chart = paretoChart(plan.rows, {
    ...{ outTokens, width: 980, height: 520 },
    ...(tpotMs !== undefined && { limit: tpotMs }),
  });
  const key = 'Round: grade A, diamond: B, triangle: C. Lines: 8 of 10 results lie in between.';
  return [
    heading('Cost against latency'),
    chart,
    element('p', { class: 'quiet small' }, [key]),
    heading('Deployments, cheapest first'),
    rankedTable(plan),
  ];
}

function details(plan: Plan, chips: readonly Chip[], address: SourceAddress): SvgElement[] {
  const shown = plan.rows.slice(0, numDetailed);
  if (shown.length === 0) return [];
  const chipOf = (id: string) => chips.find((chip) => chip.id === id);
  const sections = shown.map((row) => chipSection(row, chipOf(row.prediction.chip), address));
  return [heading(shown.length === 1 ? 'The first' : `The first ${shown.length}`), ...sections];
}

function assumptions({ rows, search }: Plan): SvgElement[] {
  const labels = chipLabels(rows);
  const notes = [
    'TTFT is from a request to its first token; TPOT is (latency − TTFT) / (out − 1).',
    `${number(search.layouts)} layouts were looked at${search.exhaustive ? ', which are all' : ''}. ${search.note}`,
    ...rows.flatMap(({ prediction, notes }, i) => {
      const said = [...prediction.notes, ...notes];
      return said.length === 0 ? [] : [`${labels[i]}: ${said.join('; ')}`];
    }),
  ];
  return [
    heading('Assumptions'),
    element(
      'ul',
      {},
      notes.map((note) => element('li', {}, [note])),
    ),
  ];
}

function sources(plan: Plan, address: SourceAddress): SvgElement[] {
  if (plan.sources.length === 0) return [];
  const items = plan.sources.map((source) =>
    element('li', {}, [
      sourceLink(source.tag, address),
      ` ${source.title} `,
      element('span', { class: 'quiet small' }, [source.address]),
    ]),
  );
  return [heading('Sources'), element('ul', {}, items)];
}
