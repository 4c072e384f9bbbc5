/**
 * Says of two checkpoints whether they are the same files: names, sizes, times of change, and a
 * hash of how each begins, where headers and configurations stand. Reading all of it would take as
 * long as loading it.
 */
import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const headBytes = 1 << 20;
const partOfSplit = /-\d{5}(-of-\d{5}\.gguf)$/;

/** `file`: as a checkpoint names itself, a file or a folder. */
export async function checkpointFingerprint(file: string): Promise<string> {
  const hash = createHash('sha256');
  for (const each of await filesOf(file)) {
    const { size, mtimeMs } = await stat(each);
    hash.update(JSON.stringify([path.basename(each), size, mtimeMs]));
    hash.update(await headOf(each));
  }
  return hash.digest('hex');
}

async function filesOf(file: string): Promise<string[]> {
  const isFolder = (await stat(file)).isDirectory();
  const folder = isFolder ? file : path.dirname(file);
  const names = (await readdir(folder)).sort();
  const whole = (name: string) => name.replace(partOfSplit, '$1');
  const isPart = isFolder
    ? (name: string) => /\.(safetensors|gguf|json)$/.test(name)
    : (name: string) => whole(name) === whole(path.basename(file));
  return names.filter(isPart).map((name) => path.join(folder, name));
}

async function headOf(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
