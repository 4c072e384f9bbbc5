/**
 * Files pulled from a plain URL: `urls/<hash of the URL>/<file name>`, with a note of where it came
 * from. The file bears its name only when it is whole.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SampanError } from '../base/errors.ts';
import { type Download, download, type FileProgress, isWhole } from './download.ts';
import { DownloadLock } from './download-lock.ts';
import type { Digest } from './repo-listing.ts';
import {
  type Connection,
  pause,
  type Reply,
  replyError,
  request,
  TransferFault,
} from './request.ts';

export interface UrlNote {
  readonly url: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly etag?: string;
  readonly sha256?: string;
}

export const noteName = 'sampan-url.json';

export function urlFolder(cacheFolder: string, url: string): string {
  return path.join(cacheFolder, createHash('sha256').update(url).digest('hex').slice(0, 32));
}

/** The file pulled from `url` before, if it is whole. */
export async function findUrl(cacheFolder: string, url: string): Promise<string | undefined> {
  const folder = urlFolder(cacheFolder, url);
  const note = await readNote(folder);
  if (note === undefined || note.url !== url) return undefined;
  const file = path.join(folder, note.file);
  return (await isWhole(file, note.sizeBytes)) ? file : undefined;
}

/** The note of a folder; undefined where it is missing or not ours. */
export async function readNote(folder: string): Promise<UrlNote | undefined> {
  try {
    const note = JSON.parse(await readFile(path.join(folder, noteName), 'utf8')) as UrlNote;
    const isNote = typeof note.url === 'string' && typeof note.sizeBytes === 'number';
    return isNote && note.file === fileName(note.url) ? note : undefined;
  } catch {
    return undefined;
  }
}

/** A file that changes while it is fetched is begun anew this often. */
const maxChanges = 3;

export async function pullUrl(
  cacheFolder: string,
  url: string,
  connection: Connection,
  onProgress: (note: UrlNote, progress: FileProgress) => void,
  partBytes?: number,
): Promise<string> {
  const folder = urlFolder(cacheFolder, url);
  await mkdir(folder, { recursive: true });
  const waiting = () =>
    onProgress({ url, file: fileName(url), sizeBytes: 0 }, { phase: 'waiting', doneBytes: 0 });
  await using _lock = await DownloadLock.acquire(
    path.join(folder, 'sampan-lock'),
    connection.signal,
    waiting,
  );
  for (let changes = 0; ; changes++) {
    const remote = await probe(connection, url);
    const note = noteOf(url, remote);
    const there = await findUrl(cacheFolder, url);
    const before = await readNote(folder);
    const isSame = before?.etag === note.etag && before?.sha256 === note.sha256;
    if (there !== undefined && isSame) return there;
    try {
      return await fetchUrl(folder, note, {
        ...remote,
        url,
        file: note.file,
        // Its own name only when the note says what it is: an old version must not pass for it.
        destination: path.join(folder, `${note.file}.new`),
        connection,
        onProgress: (progress) => onProgress(note, progress),
        ...(partBytes && { partBytes }),
      });
    } catch (cause) {
      const isChange = cause instanceof SampanError && cause.code === 'download_changed';
      if (!isChange || changes >= maxChanges) throw cause;
    }
  }
}

async function fetchUrl(folder: string, note: UrlNote, wanted: Download): Promise<string> {
  const file = path.join(folder, note.file);
  const write = () => writeFile(path.join(folder, noteName), JSON.stringify(note));
  await rm(wanted.destination, { force: true }); // whole, but of a run that never said of what
  if ((await readNote(folder)) === undefined) await write(); // so that a list can name it
  await download(wanted);
  await rm(file, { force: true });
  await write();
  await rename(wanted.destination, file);
  return file;
}

function noteOf(url: string, { sizeBytes, etag, digest }: Remote): UrlNote {
  return {
    url,
    file: fileName(url),
    sizeBytes,
    ...(etag !== undefined && { etag }),
    ...(digest !== undefined && { sha256: digest.hex }),
  };
}

/** The last part of the URL's path, made a name that every file system can hold. */
function fileName(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  const plain = decoded(last)
    .replace(/[^\w.+-]/g, '_')
    .replace(/^\.+/, '');
  return plain.slice(-150) || 'model.gguf';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Remote {
  readonly sizeBytes: number;
  readonly etag: string | undefined;
  readonly digest: Digest | undefined;
}

/** Size and version of what the URL names, by asking for its first byte. */
async function probe(connection: Connection, url: string): Promise<Remote> {
  for (let failures = 0; ; ) {
    try {
      const reply = await request(connection, url, { range: 'bytes=0-0' });
      reply.cancel();
      return remoteOf(url, reply);
    } catch (fault) {
      if (!(fault instanceof TransferFault)) throw fault;
      await pause(connection, url, ++failures, fault);
    }
  }
}

function remoteOf(url: string, reply: Reply): Remote {
  const total =
    reply.status === 206
      ? /\/(\d{1,16})$/.exec(reply.headers.get('content-range') ?? '')?.[1]
      : reply.headers.get('content-length');
  if (!total || !/^\d{1,16}$/.test(total)) {
    throw replyError(url, 'size', 'none', 'a Content-Length or Content-Range');
  }
  const sizeBytes = Number(total);
  if (sizeBytes === 0) throw replyError(url, 'size', '0', 'a model');
  const etag = reply.headers.get('etag') ?? undefined;
  // A hub names a large file by its sha256, in the reply or in a redirect on the way.
  const linked = reply.hubHeaders.get('x-linked-etag') ?? reply.headers.get('x-linked-etag');
  const hex = /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(linked ?? '')?.[1];
  if (hex !== undefined) {
    return { sizeBytes, etag: undefined, digest: { algorithm: 'sha256', hex } };
  }
  // A weak validator promises likeness, not the same bytes.
  const isStrong = etag !== undefined && /^"[^"]*"$/.test(etag);
  return { sizeBytes, etag: isStrong ? etag : undefined, digest: undefined };
}
