/** What the file system refuses, in the user's terms. */
import { error, SampanError } from '../base/errors.ts';

/** The error to throw for `cause`, met while working in `folder`; errors of other kinds pass. */
export function cacheError(cause: unknown, folder: string): unknown {
  if (!(cause instanceof Error) || cause instanceof SampanError) return cause;
  const { code, syscall, path } = cause as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return cause; // not of the file system
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path ?? folder, 0, 1);
  return error('cache_unusable', { path: path ?? folder, found: code }, cause);
}

export function diskFull(folder: string, freeBytes: number, neededBytes: number): Error {
  const text = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  return error('disk_full', { path: folder, free: text(freeBytes), needed: text(neededBytes) });
}
