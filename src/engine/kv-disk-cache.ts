/**
 * Blocks of keys and values in a folder, found again after a restart. One file per block, named by
 * a hash of all that decides what is in it: the checkpoint and form, the salt, and every token up
 * to the block's end. A file is believed when its checksum is right; others of such a name are
 * removed, files of other names never touched. Past its size the folder loses what was used least
 * recently. Reading and writing wait for the disk, never the event loop.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { error } from '../base/errors.ts';

export interface KvDiskOptions {
  readonly folder: string;
  /** Of all files together, also those of other models. */
  readonly maxBytes: number;
  /** Whatever decides, beside tokens, what a block's bytes are. */
  readonly fingerprint: string;
}

const magic = Buffer.from('sampan kv v1\n\0\0\0', 'latin1');
const headBytes = magic.length + 32;
const fileName = /^[0-9a-f]{64}\.kv$/;
const leftoverName = /^[0-9a-f]{64}\.\d+\.\d+\.tmp$/;
/** A leftover that is younger may be another process's file in the making. */
const leftoverMs = 60 * 60_000;
/** Between the times of two blocks of a chain: more than file systems round to. */
const stepSeconds = 1e-5;
/** So much is left when the folder was too large. */
const keptShare = 0.9;

export class KvDiskCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #fingerprint: string;
  /** Keys of the files that were there when last looked. */
  readonly #known = new Set<string>();
  #bytes = 0;
  #numWritten = 0;
  /** Why nothing more is written. */
  #failure: unknown;

  private constructor({ folder, maxBytes, fingerprint }: KvDiskOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#fingerprint = fingerprint;
  }

  static async open(options: KvDiskOptions): Promise<KvDiskCache> {
    const cache = new KvDiskCache(options);
    const { folder } = options;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await cache.#scan();
    } catch (cause) {
      throw error('kv_folder_unusable', { folder, reason: (cause as Error).message }, cause);
    }
    return cache;
  }

  /** Files that are known of, their bytes, and whether writing has failed for good. */
  get state() {
    return { files: this.#known.size, bytes: this.#bytes, failed: this.#failure !== undefined };
  }

  /** The key that a chain of blocks begins from. */
  rootKey(salt: string): string {
    return createHash('sha256')
      .update(JSON.stringify([this.#fingerprint, salt]))
      .digest('hex');
  }

  /** The key of the block with these tokens behind the block of that key. */
  nextKey(before: string, tokens: Int32Array): string {
    const bytes = new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
    return createHash('sha256').update(before).update(bytes).digest('hex');
  }

  has(key: string): boolean {
    return this.#known.has(key);
  }

  /** Undefined where it is not there, or not whole. */
  async read(key: string): Promise<Uint8Array | undefined> {
    const file = this.#file(key);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) {
      this.#known.delete(key);
      return undefined;
    }
    const payload = bytes.subarray(headBytes);
    const head = Buffer.concat([magic, checksum(key, payload)]);
    if (payload.length > 0 && head.equals(bytes.subarray(0, headBytes))) {
      return new Uint8Array(payload.buffer, payload.byteOffset, payload.length);
    }
    this.#known.delete(key);
    await rm(file, { force: true }).catch(() => {});
    return undefined;
  }

  /** Whole or not at all. A disk that refuses is left alone from then on. */
  async write(key: string, payload: Uint8Array): Promise<void> {
    if (this.#failure !== undefined || this.#known.has(key)) return;
    const temporary = path.join(this.#folder, `${key}.${process.pid}.${this.#numWritten++}.tmp`);
    const bytes = Buffer.concat([magic, checksum(key, payload), payload]);
    try {
      await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' });
      await rename(temporary, this.#file(key));
      this.#known.add(key);
      this.#bytes += bytes.length;
      if (this.#bytes > this.#maxBytes) await this.#trim();
    } catch (failure) {
      this.#failure = failure;
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  /** A chain was used now: its end goes first when something has to. */
  async touch(keys: readonly string[]): Promise<void> {
    const now = Date.now() / 1000;
    for (const [i, key] of keys.entries()) {
      if (!this.#known.has(key)) continue;
      const time = now - i * stepSeconds;
      await utimes(this.#file(key), time, time).catch(() => {});
    }
  }

  #file(key: string): string {
    return path.join(this.#folder, `${key}.kv`);
  }

  /** What is in the folder, this process's files and others'. */
  async #scan() {
    const files: { key: string; bytes: number; usedMs: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      const isLeftover = leftoverName.test(name);
      if (!isLeftover && !fileName.test(name)) continue;
      const file = path.join(this.#folder, name);
      const found = await stat(file).catch(() => undefined);
      if (found === undefined || !found.isFile()) continue;
      if (!isLeftover)
        files.push({ key: name.slice(0, 64), bytes: found.size, usedMs: found.mtimeMs });
      else if (Date.now() - found.mtimeMs > leftoverMs) await rm(file, { force: true });
    }
    this.#known.clear();
    for (const { key } of files) this.#known.add(key);
    this.#bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    return files;
  }

  async #trim(): Promise<void> {
    const files = (await this.#scan()).sort((a, b) => a.usedMs - b.usedMs);
    for (const { key, bytes } of files) {
      if (this.#bytes <= keptShare * this.#maxBytes) return;
      await rm(this.#file(key), { force: true });
      this.#known.delete(key);
      this.#bytes -= bytes;
    }
  }
}

function checksum(key: string, payload: Uint8Array): Buffer {
  return createHash('sha256').update(key).update(payload).digest();
}
