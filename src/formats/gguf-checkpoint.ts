/**
 * A GGUF model as a Checkpoint: everything comes from its metadata. `general.sampling.*` are the
 * makers' recommendations, where a converter has written them.
 */
import type { Checkpoint } from './checkpoint.ts';
import { fileTypeNames } from './gguf/file-type-table.ts';
import { parseGgufConfig } from './gguf/gguf-config.ts';
import { type GgufFile, openGguf } from './gguf/gguf-file.ts';
import type { GgufArray } from './gguf/gguf-value.ts';
import type { GgufMetadata } from './gguf/metadata.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { tokenizerFromGguf } from './tokenizer/tokenizer-gguf.ts';
import { countWeights } from './weight-totals.ts';

export function openGgufCheckpoint(file: string): Checkpoint {
  const gguf = openGguf(file);
  try {
    return describe(file, gguf);
  } catch (cause) {
    gguf.close();
    throw cause;
  }
}

function describe(file: string, gguf: GgufFile): Checkpoint {
  const { metadata, sizeBytes } = gguf;
  const { parameterCount, dominantDtype } = countWeights(gguf);
  const fileType = metadata.integer('general.file_type');
  let tokenizer: Tokenizer | undefined;
  return {
    format: 'gguf',
    file,
    config: parseGgufConfig(metadata, gguf),
    tensors: gguf,
    tokenizer() {
      if (tokenizer === undefined) {
        tokenizer = tokenizerFromGguf(tokenizerMetadata(metadata), file);
        gguf.releaseMetadata(); // most of it was the vocabulary
      }
      return tokenizer;
    },
    chatTemplate: metadata.string('tokenizer.chat_template'),
    sampling: recommendedSampling(metadata),
    sizeBytes,
    parameterCount,
    quantisation: fileTypeNames.get(fileType ?? -1) ?? dominantDtype.toUpperCase(),
    close: () => gguf.close(),
  };
}

/** Plain values under their keys, arrays decoded but for those of texts. */
function tokenizerMetadata(metadata: GgufMetadata): ReadonlyMap<string, unknown> {
  const plain = new Map<string, unknown>();
  for (const [key, entry] of metadata.entries) {
    if (!key.startsWith('tokenizer.ggml.')) continue;
    plain.set(key, entry.type === 'array' ? itemsOf(entry) : entry.value);
  }
  return plain;
}

function itemsOf(array: GgufArray): unknown {
  return array.elementType === 'string' ? array.texts() : (array.numbers() ?? array.items());
}

function recommendedSampling(metadata: GgufMetadata): Checkpoint['sampling'] {
  const given = {
    temperature: metadata.number('general.sampling.temp'),
    topP: metadata.number('general.sampling.top_p'),
    topK: metadata.integer('general.sampling.top_k'),
    minP: metadata.number('general.sampling.min_p'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
