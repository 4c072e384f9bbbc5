/**
 * What goes over activations and computes little: norms, rotations, products of elements, storing
 * in the cache. Bytes are what is read and written; at 512 tokens they partly stay in caches, and
 * more than the memory's limit is no mistake. One token shows what a launch costs.
 */
import { copyHeads } from '../../src/kernels/copy-heads.ts';
import { rmsNorm } from '../../src/kernels/rms-norm.ts';
import { rope } from '../../src/kernels/rope.ts';
import { storeKeys } from '../../src/kernels/store-keys.ts';
import { storeRows } from '../../src/kernels/store-rows.ts';
import { swiglu } from '../../src/kernels/swiglu.ts';
import type { Row } from './measure.ts';
import { runFamily } from './report.ts';

const hidden = 1536;
const rotated = { heads: 12, headDim: 128 } as const;
const cached = 256;

function rowsOf(tokens: number): Row[] {
  const name = (kernel: string) => `${kernel}, ${tokens} ${tokens === 1 ? 'token' : 'tokens'}`;
  const bytes = (f32PerToken: number) => ({ bytes: 4 * tokens * f32PerToken });
  return [
    {
      ...{ name: name(`rms_norm ${hidden}`), isQuick: true },
      make(o) {
        const [x, y] = [o.random(tokens, hidden), o.empty(tokens, hidden)];
        const args = { x, weight: o.random(hidden), eps: 1e-6, y };
        return { commands: [o.device.command(rmsNorm, args)], work: bytes(2 * hidden) };
      },
    },
    {
      ...{ name: name('rope 12 × 128'), isQuick: true },
      make(o) {
        const { heads, headDim } = rotated;
        // A rotation keeps lengths, however often x is rotated in place.
        const [cos, sin] = [Math.cos(1), Math.sin(1)].map((v) => o.filled(v, tokens, headDim / 2));
        const args = {
          x: o.random(tokens, heads, headDim),
          cos: cos!,
          sin: sin!,
          offset: 0,
          interleaved: 0,
        };
        const work = bytes(2 * heads * headDim + headDim);
        return { commands: [o.device.command(rope, args)], work };
      },
    },
    {
      name: name('swiglu 8960'),
      make(o) {
        const width = 8960;
        const [gate, up] = [o.random(tokens, width), o.random(tokens, width)];
        const args = { gate, up, y: o.empty(tokens, width) };
        return { commands: [o.device.command(swiglu, args)], work: bytes(3 * width) };
      },
    },
    {
      name: name('copy_heads 16 × 64 of 192'),
      make(o) {
        const [x, y] = [o.random(tokens, 16, 192), o.empty(tokens, 16, 576)];
        const args = { x, y, xOffset: 128, yOffset: 512, count: 64 };
        return { commands: [o.device.command(copyHeads, args)], work: bytes(2 * 16 * 64) };
      },
    },
    ...([storeRows, storeKeys] as const).map((kernel): Row => {
      return {
        ...{ name: name(`${kernel.name} ${cached}`), isQuick: true },
        make(o) {
          const slots = o.integers(
            Int32Array.from({ length: tokens }, (_, i) => i),
            tokens,
          );
          const cache = o.cache(Math.ceil(tokens / 16) * 16, cached);
          const args = { rows: o.random(tokens, cached), slots, cache };
          const work = bytes(cached + o.device.cacheRowBytes(cached) / 4);
          return { commands: [o.device.command(kernel as typeof storeRows, args)], work };
        },
      };
    }),
  ];
}

await runFamily('elementwise', [1, 512].flatMap(rowsOf));
