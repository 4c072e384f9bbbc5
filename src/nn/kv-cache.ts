/**
 * Keys and values of all layers, in blocks of `blockTokens` tokens that the engine's block manager
 * hands out. A layer's cache is (slots, width); which widths is the architecture's affair: K and V
 * for grouped-query attention, one latent row for MLA.
 */
import type { Device, DeviceTensor } from '../devices/device.ts';

export interface KvCache {
  readonly numBlocks: number;
  readonly blockTokens: number;
  /** layers[layer][part]: (numBlocks · blockTokens, width). */
  readonly layers: readonly (readonly DeviceTensor[])[];
  close(): void;
}

export function createKvCache(
  device: Device,
  /** Widths of each layer's parts, e.g. [kvHeads · headDim, kvHeads · headDim]. */
  widths: readonly (readonly number[])[],
  numBlocks: number,
  blockTokens: number,
): KvCache {
  const slots = numBlocks * blockTokens;
  const layers = widths.map((parts, layer) =>
    parts.map((width, part) => device.allocate('f32', [slots, width], `kv.${layer}.${part}`)),
  );
  return {
    numBlocks,
    blockTokens,
    layers,
    close() {
      for (const part of layers.flat()) device.release(part);
    },
  };
}
