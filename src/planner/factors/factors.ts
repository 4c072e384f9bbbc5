/**
 * How much of a chip's data sheet an engine gets out of it. Chip families and engines have factors of
 * their own, found apart by the fit and put together here: a family without results of its own still
 * gets what its engine costs, and the other way round. Releases of an engine change a few of them.
 */
import type { ChipFamily, RateType } from '../facts/chip.ts';
import type { EngineId } from '../facts/engine.ts';
import type { ServedModel } from '../facts/served-model.ts';

/** Of a chip family. */
export interface ChipFactors {
  /** Shares of the peak that matrix products reach, by number format. */
  readonly bf16: number;
  readonly fp8: number;
  readonly int8: number;
  readonly fp4: number;
  /** Share of the peak in 16 bits that attention reaches. */
  readonly attention: number;
  /** Share of the memory bandwidth. */
  readonly memory: number;
  /** Share of the links' bandwidth. */
  readonly links: number;
  /** Of one collective among the chips of a domain, microseconds. */
  readonly collectiveMicros: number;
  /** Time of launches and gaps against what the engine needs on Nvidia. */
  readonly launches: number;
}

/** Of an engine. */
export interface EngineFactors {
  /** Launches and gaps of one layer in a decode step, microseconds; layers with experts have more. */
  readonly layerMicros: number;
  readonly expertLayerMicros: number;
  /** Scheduling and sampling: of a step, and of each of its sequences. */
  readonly stepMicros: number;
  readonly sequenceMicros: number;
  /** Of a layer in a prompt's pass, which is not replayed from a recording. */
  readonly prefillLayerMicros: number;
  /** From the request to its first pass and from its end to the client, milliseconds. */
  readonly firstTokenMs: number;
  /** Speed of a prompt's products against those of a step. */
  readonly prefillCompute: number;
  /** Of the prompts of others, the share waited for before the first token, not between tokens. */
  readonly promptsFirst: number;
  /** Of a prompt's time, the share that running replies wait; the rest hides beside their steps. */
  readonly promptStall: number;
  /** What the fullest chip has to do against the mean, where experts lie whole on chips. */
  readonly imbalance: number;
  /** Share of the exchange of tokens between experts that is not hidden beside other work. */
  readonly exposedExchange: number;
  /** Speed of its kernels against the family's factors. */
  readonly kernels: number;
}

/** Of a release of an engine, against the engine's factors. */
export interface ReleaseFactors {
  /** Speed of decode steps. */
  readonly decodeSpeed: number;
  readonly firstToken: number;
  readonly promptsFirst: number;
}

/** Kinds of attention whose kernels are younger than others, and with it all of their models. */
export type YoungKind = 'sparse' | 'compressed';

export interface FactorTables {
  readonly chips: { readonly [family in ChipFamily]?: ChipFactors };
  readonly engines: { readonly [engine in EngineId]?: EngineFactors };
  /** By `engine@release`. */
  readonly releases: { readonly [release: string]: ReleaseFactors };
  /** Speed of steps and passes against what the model's arithmetic says. */
  readonly kinds: { readonly [kind in YoungKind]?: { readonly speed: number } };
}

/** All that the cost of a step and of waiting is computed with. */
export interface Factors extends EngineFactors {
  readonly compute: Readonly<Record<RateType, number>>;
  readonly attention: number;
  readonly memory: number;
  readonly links: number;
  readonly collectiveMicros: number;
  readonly decodeSpeed: number;
  readonly prefillSpeed: number;
}

/** No chip moves more than this of its data sheet's bandwidth. */
const mostMemory = 0.95;

export function factorsOf(
  tables: FactorTables,
  defaults: { readonly chip: ChipFactors; readonly engine: EngineFactors },
  name: {
    readonly family: ChipFamily;
    readonly engine: EngineId;
    readonly kind?: YoungKind;
    readonly release?: string;
  },
): Factors {
  const chip = tables.chips[name.family] ?? defaults.chip;
  const engine = tables.engines[name.engine] ?? defaults.engine;
  const release = tables.releases[`${name.engine}@${name.release}`] ?? unchanged;
  const kindSpeed = (name.kind && tables.kinds[name.kind]?.speed) ?? 1;
  return {
    ...engine,
    compute: {
      bf16: chip.bf16 * engine.kernels,
      fp8: chip.fp8 * engine.kernels,
      int8: chip.int8 * engine.kernels,
      fp4: chip.fp4 * engine.kernels,
    },
    attention: chip.attention,
    memory: Math.min(mostMemory, chip.memory * engine.kernels),
    links: chip.links,
    collectiveMicros: chip.collectiveMicros,
    layerMicros: engine.layerMicros * chip.launches,
    expertLayerMicros: engine.expertLayerMicros * chip.launches,
    prefillLayerMicros: engine.prefillLayerMicros * chip.launches,
    firstTokenMs: engine.firstTokenMs * release.firstToken,
    promptsFirst: Math.min(1, engine.promptsFirst * release.promptsFirst),
    decodeSpeed: release.decodeSpeed * kindSpeed,
    prefillSpeed: kindSpeed,
  };
}

const unchanged: ReleaseFactors = { decodeSpeed: 1, firstToken: 1, promptsFirst: 1 };

/** undefined: dense attention, as old as the engines. */
export function youngKind({ layers }: Pick<ServedModel, 'layers'>): YoungKind | undefined {
  const kinds = layers.map(({ attention }) => attention);
  if (kinds.some(({ kind }) => kind === 'compressed')) return 'compressed';
  const isSparse = kinds.some((attention) => attention.kind === 'latent' && attention.indexer);
  return isSparse ? 'sparse' : undefined;
}
