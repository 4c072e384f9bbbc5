/**
 * Gigabytes of random weights within seconds: about 1 MB of true random blocks for each format and
 * deviation, and tensors pieced together from it. A piece is shorter than a row and begins at a
 * random block, so no two rows are the same and logits do not tie.
 */
import { type DType, dtypes, rowBytes } from '../../src/base/dtypes.ts';
import { mulberry32 } from '../../src/base/mulberry32.ts';
import { randomBlocks } from '../../src/formats/gguf/random-blocks.ts';

const sourceBytes = 2 ** 20;
const sources = new Map<string, Uint8Array>();

export function tiledBlocks(
  dtype: DType,
  dims: readonly number[],
  sigma: number,
  seed: number,
): Buffer {
  const { blockElements, blockBytes } = dtypes[dtype];
  const columns = dims.at(-1)!;
  const rows = dims.slice(0, -1).reduce((a, b) => a * b, 1);
  const source = sourceOf(dtype, sigma);
  const pieceBlocks = Math.ceil((0.6 * columns) / blockElements);
  const starts = Math.floor(source.length / blockBytes) - pieceBlocks;
  const random = mulberry32(seed);
  const bytes = Buffer.allocUnsafe(rows * rowBytes(dtype, columns));
  for (let at = 0; at < bytes.length; at += pieceBlocks * blockBytes) {
    const start = Math.floor(random() * starts) * blockBytes;
    bytes.set(
      source.subarray(start, start + Math.min(pieceBlocks * blockBytes, bytes.length - at)),
      at,
    );
  }
  return bytes;
}

function sourceOf(dtype: DType, sigma: number): Uint8Array {
  const key = `${dtype} ${sigma}`;
  const { blockElements, blockBytes } = dtypes[dtype];
  const blocks = Math.floor(sourceBytes / blockBytes);
  const source = sources.get(key) ?? randomBlocks(dtype, blocks * blockElements, sigma, 1);
  sources.set(key, source);
  return source;
}
