/**
 * A file on its way: `<name>.sampan-incomplete`, and beside it `<name>.sampan-ranges.json` with the
 * byte ranges that are safely in it. The names are not those of the Python hub library, which would
 * take a file with holes for a prefix. Bytes are on disk before the ranges say so; the file gets
 * its final name only after its digest was checked.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import type { Digest } from './repo-listing.ts';

/** What the bytes are part of; ranges of something else are worth nothing. */
export interface Content {
  readonly sizeBytes: number;
  readonly digest: Digest | undefined;
  /** A strong validator where there is no digest. */
  readonly etag: string | undefined;
}

/** start ≤ byte < end */
export interface ByteRange {
  start: number;
  end: number;
}

export const partialSuffix = '.sampan-incomplete';
export const rangesSuffix = '.sampan-ranges.json';

const saveEveryMs = 2_000;
const maxRanges = 10_000;

export class PartialFile {
  readonly #destination: string;
  readonly #content: Content;
  readonly #handle: FileHandle;
  #done: ByteRange[];
  #savedAt = Date.now();
  #saving: Promise<void> = Promise.resolve();

  static async open(destination: string, content: Content): Promise<PartialFile> {
    const done = await readRanges(destination, content);
    const handle = await open(destination + partialSuffix, done.length > 0 ? 'r+' : 'w+');
    return new PartialFile(destination, content, handle, done);
  }

  private constructor(
    destination: string,
    content: Content,
    handle: FileHandle,
    done: ByteRange[],
  ) {
    this.#destination = destination;
    this.#content = content;
    this.#handle = handle;
    this.#done = done;
  }

  get doneBytes(): number {
    return total(this.#done);
  }

  /** What is still to fetch, in parts of at most `partBytes`. */
  missing(partBytes: number): ByteRange[] {
    const parts: ByteRange[] = [];
    let at = 0;
    for (const { start, end } of [...this.#done, { start: this.#content.sizeBytes, end: 0 }]) {
      for (; at < start; at = Math.min(at + partBytes, start)) {
        parts.push({ start: at, end: Math.min(at + partBytes, start) });
      }
      at = end;
    }
    return parts;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, offset + at);
      at += bytesWritten;
    }
    this.#done = withRange(this.#done, { start: offset, end: offset + bytes.length });
    if (Date.now() - this.#savedAt > saveEveryMs) await this.save();
  }

  /** Forgets what is there: it was of other content, or is damaged. */
  async clear(): Promise<void> {
    this.#done = [];
    await this.save();
  }

  /** First the bytes, then the claim that they are there. */
  save(): Promise<void> {
    this.#savedAt = Date.now();
    this.#saving = this.#saving.then(async () => {
      const state = JSON.stringify({ ...this.#content, done: this.#done });
      await this.#handle.datasync();
      const file = this.#destination + rangesSuffix;
      await writeFile(`${file}.new`, state);
      await rename(`${file}.new`, file);
    });
    return this.#saving;
  }

  async digest(algorithm: Digest['algorithm'], onBytes: (bytes: number) => void): Promise<string> {
    const { sizeBytes } = this.#content;
    const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
    if (algorithm === 'git-sha1') hash.update(`blob ${sizeBytes}\0`);
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(sizeBytes, 4 << 20)));
    for (let at = 0; at < sizeBytes; ) {
      const length = Math.min(buffer.length, sizeBytes - at);
      const { bytesRead } = await this.#handle.read(buffer, 0, length, at);
      if (bytesRead === 0) return 'of a file cut short';
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
      onBytes(at);
    }
    return hash.digest('hex');
  }

  /** The last step: from here on the file counts as whole. */
  async finish(): Promise<void> {
    await this.#saving;
    await this.#handle.truncate(this.#content.sizeBytes);
    await this.#handle.datasync();
    await this.#handle.close();
    await rename(this.#destination + partialSuffix, this.#destination);
    await unlink(this.#destination + rangesSuffix).catch(() => undefined);
  }

  /** Keeps what has arrived for a later run. */
  async close(): Promise<void> {
    await this.save().finally(() => this.#handle.close());
  }

  /** Someone else writes there now. */
  async abandon(): Promise<void> {
    await this.#saving.catch(() => undefined);
    await this.#handle.close();
  }

  async discard(): Promise<void> {
    await this.#saving.catch(() => undefined);
    await this.#handle.close();
    await discardPartial(this.#destination);
  }
}

/** How much of it a former run has left on disk. */
export async function partialBytes(destination: string, content: Content): Promise<number> {
  return total(await readRanges(destination, content));
}

const total = (ranges: readonly ByteRange[]) =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0);

export async function discardPartial(destination: string): Promise<void> {
  await unlink(destination + rangesSuffix).catch(() => undefined);
  await unlink(destination + partialSuffix).catch(() => undefined);
}

/** The ranges a former run left, if they are of this content and make sense; else none. */
async function readRanges(destination: string, content: Content): Promise<ByteRange[]> {
  if (content.digest === undefined && content.etag === undefined) return [];
  try {
    const saved = JSON.parse(await readFile(destination + rangesSuffix, 'utf8'));
    const isSame =
      saved.sizeBytes === content.sizeBytes &&
      saved.digest?.hex === content.digest?.hex &&
      saved.etag === content.etag;
    if (!isSame || !Array.isArray(saved.done)) return [];

    const handle = await open(destination + partialSuffix, 'r+');
    const { size } = await handle.stat().finally(() => handle.close());
    let done: ByteRange[] = [];
    for (const { start, end } of saved.done.slice(0, maxRanges)) {
      const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end);
      if (!isRange || start < 0 || start >= end || end > size || end > content.sizeBytes) return [];
      done = withRange(done, { start, end });
    }
    return done;
  } catch {
    return []; // no former run, or one whose notes cannot be read
  }
}

/** Sorted ranges with one more, those that touch joined. */
function withRange(ranges: readonly ByteRange[], added: ByteRange): ByteRange[] {
  const before = ranges.filter((range) => range.end < added.start);
  const after = ranges.filter((range) => range.start > added.end);
  const touching = ranges.slice(before.length, ranges.length - after.length);
  const joined = {
    start: Math.min(added.start, ...touching.map((range) => range.start)),
    end: Math.max(added.end, ...touching.map((range) => range.end)),
  };
  return [...before, joined, ...after];
}
