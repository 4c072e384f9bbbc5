/**
 * One file, from a server that may misbehave in every way, to one place on disk, whole or not at
 * all. Ranges are fetched side by side, each retried from the byte where it broke off; a run that
 * ends early leaves what it has for the next. Nothing is buffered but the piece in hand.
 */
import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { error } from '../base/errors.ts';
import { cacheError, diskFull } from './cache-error.ts';
import { DownloadLock, LockLost } from './download-lock.ts';
import { type ByteRange, type Content, PartialFile } from './partial-file.ts';
import { checkSize } from './repo-listing.ts';
import {
  type Connection,
  pause,
  type Reply,
  replyError,
  request,
  TransferFault,
} from './request.ts';

export interface Download extends Content {
  readonly url: string;
  /** What the file is called in messages. */
  readonly file: string;
  /** Its folder exists. */
  readonly destination: string;
  readonly connection: Connection;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
  /** Smaller ones in tests. */
  readonly partBytes?: number;
}

export interface FileProgress {
  /** waiting: another process fetches the same file. */
  readonly phase: 'waiting' | 'fetching' | 'verifying';
  readonly doneBytes: number;
}

/** Four parts of 32 MB: enough to fill a line, few enough for a server to accept. */
const parallel = 4;
const defaultPartBytes = 32 << 20;
/** A connection that gave less than this before it broke has made no progress. */
const progressBytes = 16 << 10;

export async function download(wanted: Download): Promise<void> {
  checkSize(wanted.file, wanted.sizeBytes);
  for (;;) {
    try {
      return await downloadOnce(wanted);
    } catch (cause) {
      if (!(cause instanceof LockLost)) throw cacheError(cause, wanted.destination);
    }
  }
}

async function downloadOnce(wanted: Download): Promise<void> {
  const { destination, sizeBytes, connection, onProgress } = wanted;
  if (await isWhole(destination, sizeBytes)) return;

  const waiting = () => onProgress?.({ phase: 'waiting', doneBytes: 0 });
  await using lock = await DownloadLock.acquire(
    `${destination}.sampan-lock`,
    connection.signal,
    waiting,
  );
  if (await isWhole(destination, sizeBytes)) return; // whoever held the lock has fetched it
  const partial = await PartialFile.open(destination, wanted);
  try {
    await checkDisk(path.dirname(destination), sizeBytes - partial.doneBytes);
    await fetchParts(wanted, partial, lock);
    await verify(wanted, partial);
    await lock.assertHeld();
  } catch (cause) {
    const leave =
      cause instanceof LockLost ? 'abandon' : cause instanceof Worthless ? 'discard' : 'close';
    await partial[leave]().catch(() => undefined);
    throw cause instanceof Worthless ? cause.cause : cause;
  }
  await partial.finish();
}

/** The blob is there and has the size it must have. */
export async function isWhole(file: string, sizeBytes: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true && found.size === sizeBytes;
}

/** What has arrived cannot be part of the file: it goes, and the error is `cause`. */
class Worthless extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** The server answers ranges with the whole file. */
class RangesIgnored extends Error {}

async function fetchParts(wanted: Download, partial: PartialFile, lock: DownloadLock) {
  if (wanted.digest === undefined && wanted.etag === undefined) {
    // Nothing tells whether two ranges are of the same file, so it is fetched in one piece.
    return fetchWhole({ wanted, partial, lock, connection: wanted.connection });
  }
  const queue = partial.missing(wanted.partBytes ?? defaultPartBytes);
  const abort = new AbortController();
  const { signal } = wanted.connection;
  const connection = {
    ...wanted.connection,
    signal: signal ? AbortSignal.any([signal, abort.signal]) : abort.signal,
  };
  const transfer: Transfer = { wanted, partial, lock, connection };
  report(transfer);

  const worker = async () => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      await fetchRange(transfer, part);
    }
  };
  // The first error stops the others; all have let go of the file before anyone goes on.
  await Promise.allSettled(
    Array.from({ length: Math.min(parallel, queue.length) }, () =>
      worker().catch((cause) => {
        abort.abort(cause);
        throw cause;
      }),
    ),
  );
  signal?.throwIfAborted();
  if (!abort.signal.aborted) return;
  if (!(abort.signal.reason instanceof RangesIgnored)) throw abort.signal.reason;
  await fetchWhole({ ...transfer, connection: wanted.connection });
}

interface Transfer {
  readonly wanted: Download;
  readonly partial: PartialFile;
  readonly lock: DownloadLock;
  readonly connection: Connection;
}

/** One part; `range.start` moves with every piece that is written. */
async function fetchRange(transfer: Transfer, range: ByteRange): Promise<void> {
  const { url, sizeBytes, etag } = transfer.wanted;
  const isAll = range.start === 0 && range.end === sizeBytes;
  for (let failures = 0; range.start < range.end; ) {
    const from = range.start;
    const headers: Record<string, string> = {};
    if (!isAll || from > 0) {
      headers.range = `bytes=${from}-${range.end - 1}`;
      if (etag !== undefined) headers['if-range'] = etag;
    }
    try {
      const reply = await request(transfer.connection, url, headers);
      try {
        checkReply(transfer.wanted, reply, from, headers.range !== undefined);
        await writeBody(transfer, reply, range);
      } finally {
        reply.cancel();
      }
    } catch (fault) {
      if (!(fault instanceof TransferFault)) throw fault;
      failures = range.start - from >= progressBytes ? 1 : failures + 1;
      await pause(transfer.connection, url, failures, fault);
    }
  }
}

/** From a server without ranges: every failure begins anew. */
async function fetchWhole(transfer: Transfer): Promise<void> {
  const { url, sizeBytes } = transfer.wanted;
  for (let failures = 0; ; ) {
    await transfer.partial.clear();
    const range = { start: 0, end: sizeBytes };
    try {
      const reply = await request(transfer.connection, url);
      try {
        checkReply(transfer.wanted, reply, 0, false);
        await writeBody(transfer, reply, range);
        return;
      } finally {
        reply.cancel();
      }
    } catch (fault) {
      if (!(fault instanceof TransferFault)) throw fault;
      await pause(transfer.connection, url, ++failures, fault);
    }
  }
}

/** Before a byte is written: is this the piece that was asked for, of the file that is wanted? */
function checkReply(wanted: Download, reply: Reply, from: number, isRange: boolean): void {
  const etag = reply.headers.get('etag') ?? undefined;
  if (wanted.etag !== undefined && etag !== wanted.etag) {
    throw changed(wanted, `etag ${etag}`, `etag ${wanted.etag}`);
  }
  if (reply.status === 416) {
    throw changed(wanted, 'a shorter file', `${wanted.sizeBytes} bytes`);
  }
  if (reply.status === 200) {
    if (isRange) throw new RangesIgnored();
    const length = reply.headers.get('content-length');
    if (length !== null && Number(length) !== wanted.sizeBytes) {
      if (wanted.digest !== undefined) throw new TransferFault(`content-length ${length}`);
      throw changed(wanted, `${length} bytes`, `${wanted.sizeBytes} bytes`);
    }
    return;
  }
  const said = reply.headers.get('content-range') ?? 'none';
  const found = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/.exec(said);
  if (found === null || !isRange || Number(found[1]) !== from) {
    // A confused cache may answer right the next time.
    throw new TransferFault(`content-range ${said} where byte ${from} was asked for`);
  }
  if (found[3] !== '*' && Number(found[3]) !== wanted.sizeBytes) {
    throw changed(wanted, `${found[3]} bytes`, `${wanted.sizeBytes} bytes`);
  }
}

async function writeBody(transfer: Transfer, reply: Reply, range: ByteRange): Promise<void> {
  for await (const piece of reply.body()) {
    if (piece.length > range.end - range.start) {
      const { url } = transfer.wanted;
      throw suspect(transfer.wanted, replyError(url, 'reply', 'more bytes', 'those asked for'));
    }
    await transfer.lock.assertHeld();
    await transfer.partial.write(range.start, piece);
    range.start += piece.length;
    report(transfer);
  }
  if (range.start < range.end) throw new TransferFault('the connection ended early');
}

function changed(wanted: Download, found: string, expected: string): Error {
  return suspect(wanted, error('download_changed', { file: wanted.file, found, expected }));
}

/** With a digest, what has arrived is judged at the end and may stay; without, nobody could tell. */
function suspect(wanted: Download, cause: Error): Error {
  return wanted.digest === undefined ? new Worthless(cause) : cause;
}

async function verify(wanted: Download, partial: PartialFile): Promise<void> {
  const { digest, file, connection, onProgress } = wanted;
  if (digest === undefined) return;
  const found = await partial.digest(digest.algorithm, (doneBytes) => {
    connection.signal?.throwIfAborted();
    onProgress?.({ phase: 'verifying', doneBytes });
  });
  if (found !== digest.hex) {
    const { algorithm, hex: expected } = digest;
    throw new Worthless(error('download_damaged', { file, algorithm, found, expected }));
  }
}

function report({ wanted, partial }: Transfer): void {
  wanted.onProgress?.({ phase: 'fetching', doneBytes: partial.doneBytes });
}

/** Room is kept for the system: a full disk breaks more than a download. */
const reserveBytes = 64 << 20;

export async function checkDisk(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = Math.max(0, bavail * bsize - reserveBytes);
  if (neededBytes > freeBytes) throw diskFull(folder, freeBytes, neededBytes);
}
