/**
 * Fits the factors of every chip family, engine and release that the given results speak of. Three
 * rounds: chips and engines; then releases, and engines that are another underneath, of which less is
 * looked for; then all of them together. Each result is asked about twice, with its release and without:
 * an engine's own factors have to serve those who name none.
 */
import { type Factors, type FactorTables, youngKind } from '../factors/factors.ts';
import { lineage, priorChip, priorEngineOf } from '../factors/prior-factors.ts';
import type { ChipFamily } from '../facts/chip.ts';
import type { EngineId } from '../facts/engine.ts';
import { type FitCase, fitKnobs, type Knob } from './fit.ts';
import { factorsOfCase, releaseOf } from './replay.ts';

/** A name in a table of factors → its factors, while they are fitted. */
type Records = Record<string, Record<string, number>>;

/** A release is worth factors of its own from so many results on. */
const releaseResults = 3;
/** What is looked for of an engine that is another underneath. */
const ofChildren = ['kernels', 'prefillCompute', 'expertLayerMicros'];
/** How dear it is to move a factor. */
const stiffness = { chip: 0.3, engine: 0.45, release: 0.9, kind: 0.2 };
/** Shares cannot pass one; the stall may a little: prompts disturb the steps beside them. */
const most: Record<string, number> = {
  ...{ bf16: 0.9, fp8: 0.9, int8: 0.9, fp4: 0.9, attention: 1, memory: 0.95, links: 0.95 },
  ...{ promptsFirst: 1, promptStall: 1.2 },
};

export interface Calibration {
  readonly tables: FactorTables;
  /** Mean error of a case, before and after. */
  readonly before: number;
  readonly after: number;
}

export function calibrate(results: readonly FitCase[]): Calibration {
  const cases = [...results, ...results.map(withoutRelease)];
  const tables: Record<keyof FactorTables, Records> = {
    ...{ chips: {}, engines: {}, releases: {}, kinds: {} },
  };
  const factorsFor = (one: FitCase): Factors =>
    factorsOfCase(one, tables as unknown as FactorTables);

  const chips = knobsBy(
    cases,
    ({ deployment }) => deployment.chip.family,
    (family) => {
      return add(tables.chips, family, priorChip(family as ChipFamily), stiffness.chip);
    },
  );
  const isGrown = (engine: EngineId) => lineage[engine] === undefined;
  const engines = knobsBy(
    cases,
    ({ result }) => (isGrown(result.engine) ? result.engine : undefined),
    (engine) => add(tables.engines, engine, priorEngineOf(engine as EngineId), stiffness.engine),
  );
  const kinds = knobsBy(
    cases,
    ({ deployment }) => youngKind(deployment.model),
    (kind) => {
      return add(tables.kinds, kind, { speed: 1 }, stiffness.kind);
    },
  );
  const first = [...chips, ...engines, ...kinds];
  const { before } = fitKnobs(first, cases, factorsFor);

  const children = knobsBy(
    cases,
    ({ result }) => (isGrown(result.engine) ? undefined : result.engine),
    (engine) => {
      const parent = tables.engines[lineage[engine as EngineId] as string];
      const begin = parent ?? priorEngineOf(engine as EngineId);
      return add(tables.engines, engine, begin, stiffness.engine, ofChildren);
    },
  );
  const releases = knobsBy(cases, releaseName(cases), (release) => {
    const unchanged = { decodeSpeed: 1, firstToken: 1, promptsFirst: 1 };
    return add(tables.releases, release, unchanged, stiffness.release);
  });
  fitKnobs([...children, ...releases], cases, factorsFor);
  const { after } = fitKnobs([...first, ...children, ...releases], cases, factorsFor);
  return { tables: tables as unknown as FactorTables, before, after };
}

function withoutRelease({ result, deployment }: FitCase): FitCase {
  const { engineVersion: _, ...unnamed } = result;
  return { deployment, result: { ...unnamed, date: result.date.slice(0, 4) } };
}

type Begun = Pick<Knob, 'at' | 'stiffness'> & { readonly keys: readonly string[] };

/** Puts a copy of `begin` into the table, to be moved in place. */
function add(
  table: Records,
  name: string,
  begin: object,
  stiffness: number,
  keys: readonly string[] = Object.keys(begin),
): Begun {
  const at = { ...begin } as Record<string, number>;
  table[name] = at;
  return { at, stiffness, keys };
}

/** Knobs of every name that cases have, each with the cases that have it. */
function knobsBy(
  cases: readonly FitCase[],
  nameOf: (of: FitCase) => string | undefined,
  begin: (name: string) => Begun,
): Knob[] {
  const names = [...new Set(cases.map(nameOf))].filter((name) => name !== undefined).sort();
  return names.flatMap((name) => {
    const own = cases.filter((one) => nameOf(one) === name);
    const { at, stiffness, keys } = begin(name);
    return keys.map((key) => {
      const limit = most[key] ?? Number.POSITIVE_INFINITY;
      return { at, key, begin: at[key] as number, most: limit, stiffness, cases: own };
    });
  });
}

/**
 * `engine@release`; undefined for releases with few results, and where an engine has one release
 * only: the engine's own factors are of that.
 */
function releaseName(cases: readonly FitCase[]): (of: FitCase) => string | undefined {
  const full = ({ result }: FitCase) => `${result.engine}@${releaseOf(result)}`;
  return (one) => {
    if (releaseOf(one.result) === undefined) return undefined;
    const own = cases.filter((other) => full(other) === full(one)).length;
    const all = cases.filter(({ result }) => result.engine === one.result.engine).length / 2;
    return own < releaseResults || own === all ? undefined : full(one);
  };
}
