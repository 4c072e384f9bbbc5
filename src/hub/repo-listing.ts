/**
 * What a hub says a repository holds. It is taken at its word about nothing: names must stay
 * inside the repository, sizes must be possible, digests must be digests.
 */
import { error } from '../base/errors.ts';
import { replyError } from './request.ts';

export interface Digest {
  /** Large files are named by sha256, small ones as git names them. */
  readonly algorithm: 'sha256' | 'git-sha1';
  readonly hex: string;
}

export interface RepoFile {
  /** Relative, forward slashes, never outside. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly digest: Digest;
}

export interface RepoListing {
  /** The revision that was asked for: `main` or `master`. */
  readonly revision: string;
  /** 40 hex digits; names the snapshot folder. */
  readonly commit: string;
  readonly files: readonly RepoFile[];
}

export const listingLimits = { replyBytes: 32 << 20, entries: 50_000, pages: 200 };
/** Above the largest model known by a factor of eight. */
export const maxFileBytes = 4 * 2 ** 40;

/**
 * One entry of a listing, checked. undefined: a name that no model file has and that some file
 * system could not hold. A name that leaves the repository is no accident and ends the listing.
 */
export function listedFile(
  url: string,
  path: unknown,
  size: unknown,
  digest: Digest | undefined,
): RepoFile | undefined {
  if (typeof path !== 'string') throw replyError(url, 'file name', typeof path, 'text');
  const segments = path.split('/');
  if (path.startsWith('/') || segments.some((name) => /^\.{0,2}$/.test(name))) {
    throw replyError(url, 'file name', path, 'a name inside the repository');
  }
  if (path.length > 1024 || !segments.every(isPortableName)) return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw replyError(url, `size of ${path}`, String(size), 'a number of bytes');
  }
  if (digest === undefined || !digestForms[digest.algorithm].test(digest.hex)) {
    throw replyError(url, `digest of ${path}`, String(digest?.hex), 'a sha256 or a git object id');
  }
  return { path, sizeBytes: size, digest };
}

export function checkSize(file: string, sizeBytes: number): void {
  if (sizeBytes > maxFileBytes) {
    throw error('download_too_large', { file, found: sizeBytes, expected: maxFileBytes });
  }
}

const digestForms = { sha256: /^[0-9a-f]{64}$/, 'git-sha1': /^[0-9a-f]{40}$/ };

/** A name that every file system can hold: no control characters, no Windows device, no stream. */
function isPortableName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const isPlain = !/[\u0000-\u001f\u007f<>:"|?*\\]|[. ]$/.test(name) && name.length <= 200;
  return isPlain && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);
}

export function parseJson(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw replyError(url, 'reply', text.slice(0, 60), 'JSON');
  }
}

/** The fields of an object; an array or a scalar has none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
