/**
 * The benchmark's table: what is measured, on which file. `must` and `aim` are how many times the
 * peer's speed (for memory and loading: how many times less) we hold ourselves to; left out where
 * nothing was promised.
 */
import type { FileType } from './files/recipe.ts';
import type { ShapeName } from './files/shapes.ts';
import type { Settings } from './protocol.ts';

interface RowBase {
  readonly name: string;
  readonly shape: ShapeName;
  readonly fileType: FileType;
  /** Part of --quick. */
  readonly isQuick?: boolean;
  /** Only for the first of Sampan's devices: the others would take too long. */
  readonly isHeavy?: boolean;
  readonly must?: number;
  readonly aim?: number;
  /** Of llama.cpp; its best configuration where the usual one is not the best. */
  readonly peerSettings?: Settings;
}

/**
 * prefill, tokens/s: a prompt of so many tokens over the time to the first token of the reply.
 * decode, tokens/s: tokens after the first over the time since it, behind so long a prompt; of
 * several streams the sum. load, seconds: from `load` to the first token, in a fresh process with
 * the file in memory. memory, GB: the process's peak after load, a prompt of 512 and 32 tokens.
 * recite, tokens/s: decode of a text that repeats its prompt; the peer is ourselves without
 * speculation.
 */
export type Row = RowBase &
  (
    | { readonly kind: 'prefill'; readonly promptTokens: number }
    | { readonly kind: 'decode'; readonly promptTokens: number; readonly streams: number }
    | { readonly kind: 'load' | 'memory' }
    | { readonly kind: 'recite'; readonly promptTokens: number }
  );

const small = { shape: '1.5b', fileType: 'Q4_K_M' } as const;
/** With flash attention llama.cpp v0.4.0 aborts on this shape where it finds AMX. */
const liteSettings = { useMmap: false, flashAttention: false };
const lite = { shape: 'v2-lite', fileType: 'Q4_K_M', peerSettings: liteSettings } as const;
const otherTypes: readonly FileType[] = ['Q6_K', 'Q5_K_M', 'Q8_0', 'Q3_K_M', 'IQ4_XS'];

export const rows: readonly Row[] = [
  {
    ...small,
    name: 'prefill 512',
    kind: 'prefill',
    promptTokens: 512,
    isQuick: true,
    must: 2,
    aim: 3.5,
  },
  {
    ...small,
    name: 'decode',
    kind: 'decode',
    promptTokens: 1,
    streams: 1,
    isQuick: true,
    must: 1.15,
    aim: 1.45,
  },
  {
    ...small,
    name: 'decode, 8 streams',
    kind: 'decode',
    promptTokens: 8,
    streams: 8,
    isQuick: true,
    must: 2.5,
    aim: 5,
  },
  { ...small, name: 'load to first token', kind: 'load', isQuick: true, must: 1 / 0.7, aim: 4 },
  { ...small, name: 'peak memory', kind: 'memory', isQuick: true, must: 1 / 0.8, aim: 1 / 0.55 },
  {
    ...small,
    name: 'peak memory, theirs at its least',
    kind: 'memory',
    peerSettings: { useMmap: false },
    must: 1 / 0.8,
    aim: 1 / 0.55,
  },
  {
    ...small,
    name: 'recite, drafting against not',
    kind: 'recite',
    promptTokens: 256,
    must: 2,
    aim: 4,
  },
  ...otherTypes.map(
    (fileType): Row => ({
      shape: '1.5b',
      fileType,
      name: 'prefill 512',
      kind: 'prefill',
      promptTokens: 512,
      must: 2,
      aim: 4,
    }),
  ),
  {
    ...small,
    name: 'decode at 8192',
    kind: 'decode',
    promptTokens: 8192,
    streams: 1,
    isHeavy: true,
    must: 1.3,
    aim: 2,
  },
  { ...lite, name: 'prefill 512', kind: 'prefill', promptTokens: 512, must: 3, aim: 6 },
  { ...lite, name: 'decode', kind: 'decode', promptTokens: 1, streams: 1, must: 1.15, aim: 1.5 },
];

const tiny = { shape: 'tiny', fileType: 'Q4_K_M', isQuick: true } as const;

/** One of each kind, within seconds on any device: to try the benchmark itself. */
export const tinyRows: readonly Row[] = [
  { ...tiny, name: 'prefill', kind: 'prefill', promptTokens: 64 },
  { ...tiny, name: 'decode', kind: 'decode', promptTokens: 16, streams: 1 },
  { ...tiny, name: 'decode, 8 streams', kind: 'decode', promptTokens: 8, streams: 8 },
  { ...tiny, name: 'load', kind: 'load' },
  { ...tiny, name: 'memory', kind: 'memory' },
  { ...tiny, name: 'recite', kind: 'recite', promptTokens: 256 },
];

export const rowTitle = ({ name, shape, fileType }: Row) => `${shape} ${fileType} ${name}`;

/** Where fewer is better, the ratio is turned over. */
export const units = {
  prefill: { unit: 'tokens/s', isMoreBetter: true },
  decode: { unit: 'tokens/s', isMoreBetter: true },
  recite: { unit: 'tokens/s', isMoreBetter: true },
  load: { unit: 's', isMoreBetter: false },
  memory: { unit: 'GB', isMoreBetter: false },
} as const;
