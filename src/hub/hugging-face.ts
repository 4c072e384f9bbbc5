/**
 * Hugging Face's listing: the commit behind `main`, then its tree page by page.
 * A large file's digest is its LFS object id (sha256), a small one's the id git gives it.
 */
import {
  fieldsOf,
  listedFile,
  listingLimits,
  parseJson,
  type RepoFile,
  type RepoListing,
} from './repo-listing.ts';
import { type Connection, replyError, requestText } from './request.ts';

const revision = 'main';

export async function listHuggingFace(
  connection: Connection,
  endpoint: string,
  repo: string,
): Promise<RepoListing> {
  const about = `${endpoint}/api/models/${repo}/revision/${revision}`;
  const { text } = await requestText(connection, about, listingLimits.replyBytes);
  const commit = fieldsOf(parseJson(about, text)).sha;
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) {
    throw replyError(about, 'sha', String(commit), 'a commit of 40 hex digits');
  }

  const files: RepoFile[] = [];
  let page: string | undefined = `${endpoint}/api/models/${repo}/tree/${commit}?recursive=true`;
  let entries = 0;
  for (let pages = 1; page !== undefined; pages++) {
    const reply: { text: string; headers: Headers } = await requestText(
      connection,
      page,
      listingLimits.replyBytes,
    );
    const found = parseJson(page, reply.text);
    if (!Array.isArray(found)) throw replyError(page, 'reply', typeof found, 'a list of files');
    entries += found.length;
    if (entries > listingLimits.entries || pages > listingLimits.pages) {
      const size = `${entries} entries on ${pages} pages`;
      throw replyError(page, 'listing', size, `at most ${listingLimits.entries}`);
    }
    for (const entry of found) {
      const file = parseEntry(page, fieldsOf(entry));
      if (file !== undefined) files.push(file);
    }
    page = nextPage(connection, page, reply.headers.get('link'));
  }
  return { revision, commit, files };
}

function parseEntry(
  url: string,
  { type, path, size, oid, lfs }: Readonly<Record<string, unknown>>,
): RepoFile | undefined {
  if (type !== 'file') return undefined;
  const sha256 = fieldsOf(lfs).oid;
  return listedFile(
    url,
    path,
    size,
    typeof sha256 === 'string'
      ? { algorithm: 'sha256', hex: sha256.replace(/^sha256:/, '') }
      : { algorithm: 'git-sha1', hex: String(oid) },
  );
}

/** `<url>; rel="next"`. Another host has no business in a listing. */
function nextPage(connection: Connection, url: string, link: string | null): string | undefined {
  const next = /<([^<>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (next === undefined) return undefined;
  const target = URL.parse(next, url);
  if (target?.origin !== connection.origin) {
    throw replyError(url, 'next page', next, `a page of ${connection.origin}`);
  }
  return target.href;
}
