/**
 * Converts a Hugging Face folder to GGUF:
 *   node scripts/to-gguf.ts <folder> <out.gguf> [--type f32|f16|q8_0|q4_0|q4_k_m]
 */
import { parseArgs } from 'node:util';
import { error, SampanError } from '../src/base/errors.ts';
import { convertToGguf } from '../src/formats/gguf/convert/convert-to-gguf.ts';
import { type GgufType, ggufTypes } from '../src/formats/gguf/convert/tensor-dtype.ts';
import { openCheckpoint } from '../src/formats/open-checkpoint.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { type: { type: 'string', default: 'q8_0' } },
});
const [folder, out] = positionals;
if (!folder || !out || !Object.hasOwn(ggufTypes, values.type)) {
  const types = Object.keys(ggufTypes).join('|');
  console.error(`node scripts/to-gguf.ts <folder> <out.gguf> [--type ${types}]`);
  process.exit(2);
}

try {
  const checkpoint = await openCheckpoint(folder);
  try {
    if (checkpoint.format === 'gguf') {
      const expected = 'a Hugging Face folder';
      throw error('invalid_option', { name: 'folder', found: `${folder}, a GGUF file`, expected });
    }
    await convertToGguf(checkpoint, out, values.type as GgufType);
  } finally {
    checkpoint.close();
  }
} catch (cause) {
  if (!(cause instanceof SampanError)) throw cause;
  console.error(`${cause.message} ${cause.remedy}`.trim());
  process.exit(1);
}
