/**
 * Rows of NVIDIA aiconfigurator's `silicon_sample.csv` (Apache-2.0), written as curves: one layout at
 * several loads. Of a curve at most four points are carried over, the first, the last and two
 * between. Rows known to be wrongly encoded are not in the tables.
 *
 * Runs at 1,024 and 8,192 tokens of R1, V3 and Llama are InferenceX's: random prompts, no prefix
 * cache, a closed loop of `concurrency` clients, lengths drawn evenly between 80 and 100 per cent of
 * the nominal ones given here. Who ran the others is not stated. The source gives mean TTFT and TPOT
 * in milliseconds; tokens/s follow from them (throughput.ts). A date of 2026 alone means that the
 * source states no day. Where prefill and decode are apart, the version is as the source prints it:
 * Dynamo's for TensorRT-LLM.
 */
import type { EngineId } from '../facts/engine.ts';
import type { PrecisionId } from '../facts/precision.ts';
import type { PublishedResult } from './published-result.ts';

/** Clients, TTFT in ms, TPOT in ms; decode slots, where the run's recipe (IX-CFG) limits them. */
export type AicPoint = readonly [
  concurrency: number,
  ttftMs: number,
  tpotMs: number,
  slots?: number,
];

/** A curve of any model; `model` says which and makes it rows. */
export interface AicCurve {
  readonly chip: string;
  readonly engine: EngineId;
  readonly engineVersion?: string;
  readonly precision: PrecisionId;
  readonly layout: string;
  readonly chips: number;
  readonly inTokens: number;
  readonly outTokens: number;
  readonly date: string;
  readonly points: readonly AicPoint[];
  readonly unusable?: string;
}

export const unstatedSlots =
  'clients wait for slots whose number is not published: TTFT is that of whole replies';
export const doubtfulLoad = 'twice the clients have the same TPOT: the load was not what is stated';

/** One line of a table. `engine`: its id, a space and its version, if the source names one. */
export function curve(
  chip: string,
  engine: string,
  precision: PrecisionId,
  layout: string,
  chips: number,
  inTokens: number,
  outTokens: number,
  date: string,
  points: readonly AicPoint[],
  unusable?: string,
): AicCurve {
  const [id, engineVersion] = engine.split(' ') as [EngineId, string | undefined];
  return {
    chip,
    engine: id,
    ...(engineVersion !== undefined && { engineVersion }),
    precision,
    layout,
    chips,
    inTokens,
    outTokens,
    date,
    points,
    ...(unusable !== undefined && { unusable }),
  };
}

type AicRun = Omit<AicCurve, 'points'>;

/** The rows of a model's curves; `short` names it in their ids. */
export function aicResults(
  model: string,
  short: string,
  curves: readonly AicCurve[],
): readonly PublishedResult[] {
  return curves.flatMap(({ points, ...run }) => {
    const name = aicCurveName(short, run);
    return points.map(([concurrency, ttftMs, tpotMs, slots]) => ({
      id: `${name}-c${concurrency}`,
      curve: name,
      model,
      ...run,
      phase: 'serve' as const,
      concurrency,
      ...(slots !== undefined && { slots }),
      measured: { ttftMs, tpotMs },
      grade: 'A' as const,
      source: 'AIC-CSV',
      ...(hasUnstatedExperts(run.layout) && { note: unstatedExperts }),
      ...(isSpeculative(run) && { unusable: speculative }),
    }));
  });
}

function aicCurveName(short: string, run: AicRun): string {
  const engine = [run.engine, run.engineVersion].filter((part) => part !== undefined).join('-');
  const layout = run.layout.replace('prefill:', 'p.').replace(',decode:', '-d.');
  const load = `${run.inTokens}-${run.outTokens}`;
  return `aic-${short}-${run.chip}-${engine}-${run.precision}-${load}-${layout}-${run.date}`;
}

/** Attention in data parallel, yet no `ep`: neither "prefill" nor "decode" has `dp` in it. */
function hasUnstatedExperts(layout: string): boolean {
  return layout
    .split(',')
    .some((part) => part.includes('dp') && !part.replace('prefill', '').includes('ep'));
}

const unstatedExperts = "the source's expert-parallel column says 1";

/**
 * The source does not record multi-token prediction; InferenceX's change log does (IX-LOG): on one
 * node TensorRT-LLM 1.2.0rc6.post3 served its `-trt-mtp` configurations only, and 1.1.0rc2.post2 was
 * theirs from January 2026 on, plain ones having left it or been measured earlier. Their TPOT at four
 * clients is about half that of the plain run of the same week.
 */
function isSpeculative(run: AicRun): boolean {
  if (run.engine !== 'trtllm') return false;
  if (run.engineVersion === '1.2.0rc6.post3') return true;
  return run.engineVersion === '1.1.0rc2.post2' && run.date >= '2026-01';
}

const speculative =
  'served with multi-token prediction (IX-LOG); neither its depth nor its acceptance is recorded';
