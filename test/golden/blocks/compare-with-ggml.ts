/**
 * Our block formats beside ggml's own C code, the libggml-base that node-llama-cpp carries: run by
 * hand (`node test/golden/blocks/compare-with-ggml.ts`, Linux on x64). Prints, for each format, how
 * many of 102,400 decoded values differ in a bit, and for the quantisers the relative RMSE of both.
 */

import { globSync } from 'node:fs';
import koffi from 'koffi';
import { decodeRow } from '../../../src/base/blocks/decode-row.ts';
import { encodeRows } from '../../../src/base/blocks/encode-row.ts';
import { type DType, dtypes } from '../../../src/base/dtypes.ts';
import { mulberry32 } from '../../../src/base/mulberry32.ts';
import { randomBlocks } from '../../../src/formats/gguf/random-blocks.ts';

const [library] = globSync('node_modules/@node-llama-cpp/linux-x64/bins/*/libggml-base.so');
if (library === undefined) throw new Error('no libggml-base.so: npm install on Linux x64 first');
const ggml = koffi.load(library);

const elements = 256 * 400;
const blockFormats = (Object.keys(dtypes) as DType[]).filter((d) => dtypes[d].blockElements > 1);
for (const dtype of blockFormats) {
  const name = dtype.replace('_k', '_K');
  const decode = ggml.func(`void dequantize_row_${name}(const void* x, float* y, int64_t k)`);
  const bytes = randomBlocks(dtype, elements, 0.05, 99);
  const own = new Float32Array(elements);
  const theirs = new Float32Array(elements);
  decodeRow(dtype, bytes, 0, own, elements);
  decode(bytes, theirs, elements);
  const [a, b] = [new Uint32Array(own.buffer), new Uint32Array(theirs.buffer)];
  console.log(`${dtype.padEnd(8)} ${a.filter((bits, i) => bits !== b[i]).length} values differ`);
}

const quantize = ggml.func(
  'size_t ggml_quantize_chunk(int type, const float* src, void* dst, int64_t start, int64_t rows, int64_t columns, const float* importance)',
);
const random = mulberry32(5);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const rowsOf: Record<string, Float32Array> = {
  Gaussian: Float32Array.from({ length: 2 ** 20 }, normal),
};
rowsOf['Gaussian squared, with its sign'] = rowsOf.Gaussian!.map((v) => v * Math.abs(v) * 0.02);

for (const [kind, values] of Object.entries(rowsOf)) {
  for (const dtype of ['q8_0', 'q4_0', 'q4_k', 'q6_k'] as const) {
    const own = encodeRows(dtype, values, 1024);
    const theirs = new Uint8Array(own.length);
    quantize(dtypes[dtype].ggmlId, values, theirs, 0, values.length / 1024, 1024, null);
    const isSame = Buffer.compare(own, theirs) === 0;
    const rmse = (bytes: Uint8Array) => relativeRmse(dtype, bytes, values).toFixed(5);
    console.log(
      `${dtype} ${kind}: ours ${rmse(own)} ggml ${rmse(theirs)}${isSame ? ' same bytes' : ''}`,
    );
  }
}

function relativeRmse(dtype: DType, bytes: Uint8Array, values: Float32Array): number {
  const decoded = new Float32Array(values.length);
  decodeRow(dtype, bytes, 0, decoded, values.length);
  let [error, power] = [0, 0];
  for (const [i, value] of values.entries()) {
    error += (decoded[i]! - value) ** 2;
    power += value ** 2;
  }
  return Math.sqrt(error / power);
}
