/**
 * Packing weights at load: 64 MB of each format, from this process's memory to packed strips.
 * Bytes are the checkpoint's, read once; as many are written.
 */
import { type DType, rowBytes } from '../../src/base/dtypes.ts';
import type { DeviceWeight } from '../../src/devices/device.ts';
import { randomWeight } from '../../src/nn/kernel-case.ts';
import type { Row } from './measure.ts';
import { runFamily } from './report.ts';

const columns = 1536;
const totalBytes = 2 ** 26;

function row(dtype: DType, isQuick: boolean): Row {
  return {
    ...{ name: `packing ${dtype}`, isQuick },
    make({ device }) {
      const bytesPerRow = rowBytes(dtype, columns);
      const rows = Math.floor(totalBytes / bytesPerRow / 128) * 128;
      // A part of it again and again: made once, and read from memory all the same.
      const parts = 16;
      const views = new Array(parts).fill(randomWeight(dtype, rows / parts, columns));
      let weight: DeviceWeight | undefined;
      return {
        prepare() {
          if (weight) device.release(weight);
          weight = device.upload(views, 'matrix');
        },
        run: () => device.ready(),
        work: { bytes: rows * bytesPerRow },
      };
    },
  };
}

const formats: readonly DType[] = ['q4_k', 'q6_k', 'q8_0', 'q5_0', 'iq4_xs', 'bf16', 'f8_e4m3'];

await runFamily(
  'packing',
  formats.map((dtype) => row(dtype, dtype === 'q4_k' || dtype === 'q6_k')),
);
