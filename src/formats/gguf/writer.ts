/**
 * Writes a GGUF v3 file as a stream: the header first, then one tensor's bytes at a time, each
 * asked for when its turn comes. Written beside its final name and renamed at the end, so nothing
 * half-written is ever taken for a model.
 */
import assert from 'node:assert';
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { GgufValue } from './gguf-value.ts';
import { alignUp, headerBytes, placeTensors, type TensorPlan } from './header-bytes.ts';

export interface TensorToWrite extends TensorPlan {
  /** Called once, in order. As many bytes as dtype and dims need. */
  bytes(): Uint8Array | Promise<Uint8Array>;
}

export interface GgufContent {
  /** `general.alignment` is obeyed where it is given; it is 32 otherwise. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly TensorToWrite[];
}

export async function writeGguf(path: string, { metadata, tensors }: GgufContent): Promise<void> {
  const alignment = alignmentOf(metadata);
  assert(alignment >= 1 && Number.isInteger(Math.log2(alignment)), `alignment is ${alignment}`);
  const placed = placeTensors(tensors, alignment);
  const header = headerBytes(metadata, placed, alignment);

  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`;
  const handle = await open(partial, 'wx');
  try {
    await writeAll(handle, header);
    let at = 0;
    for (const [i, { name, offset, sizeBytes }] of placed.entries()) {
      const bytes = await tensors[i]!.bytes();
      assert(bytes.length === sizeBytes, `${name}: ${bytes.length} bytes given for ${sizeBytes}`);
      await writeAll(handle, new Uint8Array(offset - at));
      await writeAll(handle, bytes);
      at = offset + sizeBytes;
    }
    // The last tensor is padded too: ggml refuses a file that ends at its last byte.
    await writeAll(handle, new Uint8Array(alignUp(at, alignment) - at));
    await handle.sync();
    await handle.close();
    await rename(partial, path);
  } catch (cause) {
    await handle.close().catch(() => {}); // closed already when the rename failed
    await rm(partial, { force: true });
    throw cause;
  }
}

function alignmentOf(metadata: GgufContent['metadata']): number {
  const given = metadata.get('general.alignment');
  if (given === undefined) return 32;
  assert(given.type === 'u32', 'general.alignment is a u32');
  return given.value;
}

/** One write may take fewer bytes than given (2 GiB at most on Linux). */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(
      bytes,
      done,
      Math.min(bytes.length - done, 2 ** 30),
    );
    done += bytesWritten;
  }
}
