/**
 * Keys and values of all layers, in blocks of `blockTokens` tokens that the engine's block manager
 * hands out. A layer's cache is (slots, width); which widths is the architecture's affair: K and V
 * for grouped-query attention, one latent row for MLA. What a value is stored as is the device's.
 */
import type { Device, DeviceTensor } from '../devices/device.ts';
import type { ModelConfig } from '../formats/model-config.ts';
import { blockValues } from '../kernels/emit/cache.ts';

export interface KvCache {
  readonly numBlocks: number;
  readonly blockTokens: number;
  /** layers[layer][part]: (numBlocks · blockTokens, width). */
  readonly layers: readonly (readonly DeviceTensor[])[];
  /** Bytes of a block, all layers together, and what they are. Only of blocks of whole 16 tokens. */
  readonly blockBytes: number;
  readonly form: string;
  readBlock(block: number, into: Uint8Array): void;
  writeBlock(block: number, from: Uint8Array): void;
  close(): void;
}

export function createKvCache(
  device: Device,
  /** Widths of each layer's parts, e.g. [kvHeads · headDim, kvHeads · headDim]. */
  widths: readonly (readonly number[])[],
  numBlocks: number,
  blockTokens: number,
): KvCache {
  const slots = Math.ceil((numBlocks * blockTokens) / 16) * 16;
  const layers = widths.map((parts, layer) =>
    parts.map((width, part) => device.allocateCache(slots, width, `kv.${layer}.${part}`)),
  );
  const parts = layers.flatMap((layer, i) =>
    layer.map((tensor, j) => ({
      tensor,
      bytes: blockTokens * device.cacheRowBytes(widths[i][j]),
    })),
  );
  /** Each part's slots of the block, with the bytes that are theirs. */
  const visit = (
    block: number,
    bytes: Uint8Array,
    copy: (tensor: DeviceTensor, start: number, count: number, bytes: Uint8Array) => void,
  ) => {
    let at = 0;
    for (const part of parts) {
      const own = bytes.subarray(at, at + part.bytes);
      copy(part.tensor, block * blockTokens, blockTokens, own);
      at += part.bytes;
    }
  };
  return {
    numBlocks,
    blockTokens,
    layers,
    blockBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    form: device.cacheForm,
    readBlock: (block, into) => visit(block, into, (...args) => device.readCache(...args)),
    writeBlock: (block, from) => visit(block, from, (...args) => device.writeCache(...args)),
    close() {
      for (const part of layers.flat()) device.release(part);
    },
  };
}

/** Whether heads begin where a scale does; MLA's latent is one for all heads. */
export function canKeepInt8({ mla, headDim }: Pick<ModelConfig, 'mla' | 'headDim'>): boolean {
  return mla !== undefined || headDim % blockValues === 0;
}
