/**
 * ModelScope's listing: one reply with every file, its size and its sha256. It names a commit per
 * file but none for the whole, so the snapshot is named by what it holds: equal content, equal
 * name.
 */
import { createHash } from 'node:crypto';
import {
  fieldsOf,
  listedFile,
  listingLimits,
  parseJson,
  type RepoFile,
  type RepoListing,
} from './repo-listing.ts';
import { type Connection, replyError, requestText } from './request.ts';

const revision = 'master';

export async function listModelScope(
  connection: Connection,
  endpoint: string,
  repo: string,
): Promise<RepoListing> {
  const url = `${endpoint}/api/v1/models/${repo}/repo/files?Revision=${revision}&Recursive=true`;
  const { text } = await requestText(connection, url, listingLimits.replyBytes);
  const found = fieldsOf(fieldsOf(parseJson(url, text)).Data).Files;
  if (!Array.isArray(found)) throw replyError(url, 'Data.Files', typeof found, 'a list of files');
  if (found.length > listingLimits.entries) {
    throw replyError(url, 'listing', `${found.length} entries`, `at most ${listingLimits.entries}`);
  }

  const files = found
    .map((entry) => parseEntry(url, fieldsOf(entry)))
    .filter((f) => f !== undefined);
  return { revision, commit: contentName(files), files };
}

function parseEntry(
  url: string,
  { Type, Path, Size, Sha256 }: Readonly<Record<string, unknown>>,
): RepoFile | undefined {
  if (Type === 'tree') return undefined;
  const hex = typeof Sha256 === 'string' ? Sha256.toLowerCase() : '';
  return listedFile(url, Path, Size, { algorithm: 'sha256', hex });
}

/** 40 hex digits, like a commit. */
function contentName(files: readonly RepoFile[]): string {
  const lines = files.map((file) => `${file.digest.hex} ${file.path}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 40);
}
