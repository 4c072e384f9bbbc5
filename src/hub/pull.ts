/**
 * Pulls a model: asks the hub what the repository holds, chooses the files, fetches what the cache
 * lacks, and only when all of it is there makes it a snapshot.
 */
import { error } from '../base/errors.ts';
import { cacheError } from './cache-error.ts';
import { chooseFiles, type FileSet } from './choose-files.ts';
import { checkDisk, download, type FileProgress, isWhole } from './download.ts';
import { findLocal, type LocalModel } from './find-local.ts';
import { type Hub, type HubOptions, hubConnection, openHub } from './hub-client.ts';
import { embeddedName, type ModelName } from './model-names.ts';
import { partialBytes } from './partial-file.ts';
import { RepoCache } from './repo-cache.ts';
import { checkSize, type RepoFile, type RepoListing } from './repo-listing.ts';
import { type HubSettings, hubCacheFolder, urlCacheFolder } from './settings.ts';
import { pullUrl } from './url-cache.ts';

export interface PullProgress {
  readonly phase: FileProgress['phase'];
  /** The file in hand, its place among all, and how far it is. */
  readonly file: string;
  /** What it has to be, where the hub says so: `sha256:…` or `git-sha1:…`. */
  readonly digest?: string | undefined;
  readonly fileIndex: number;
  readonly fileCount: number;
  readonly fileDoneBytes: number;
  readonly fileBytes: number;
  /** Of all files together. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface PullOptions extends HubOptions {
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Smaller ones in tests. */
  readonly partBytes?: number;
}

export async function pullModel(
  name: ModelName,
  settings: HubSettings,
  options: PullOptions = {},
): Promise<LocalModel> {
  options.signal?.throwIfAborted();
  if (name.kind !== 'url' && name.kind !== 'repo') {
    const found = name.kind === 'path' ? name.path : embeddedName;
    const expected = 'a model of a hub or a URL: this one is here';
    throw error('invalid_option', { name: 'model', found, expected });
  }
  if (settings.offline) {
    const local = await findLocal(name, settings, options.hub);
    if (local !== undefined) return local;
    throw error('hub_offline', { name: name.kind === 'url' ? name.url : name.repo });
  }
  try {
    return name.kind === 'url'
      ? await pullFromUrl(name.url, settings, options)
      : await pullFromHub(name.repo, name.quantisation, settings, options);
  } catch (cause) {
    throw cacheError(cause, settings.cacheFolder);
  }
}

async function pullFromHub(
  repo: string,
  quantisation: string | undefined,
  settings: HubSettings,
  options: PullOptions,
): Promise<LocalModel> {
  const hub = openHub(settings, options);
  const listing = await hub.list(repo);
  const set = chooseFiles(repo, listing.files, quantisation);
  const cache = new RepoCache(hubCacheFolder(settings, hub.kind), repo);
  await fetchSet(hub, cache, listing, set, options);
  // Weights first, configuration last: a folder that can be opened is whole.
  const files = set.files.toSorted((a, b) => Number(isSmall(a)) - Number(isSmall(b)));
  await cache.publish(listing.commit, listing.revision, files);

  const folder = cache.snapshot(listing.commit);
  return {
    path: set.entry === '' ? folder : `${folder}/${set.entry}`,
    source: {
      kind: hub.kind,
      repo,
      commit: listing.commit,
      quantisation: set.quantisation,
      format: set.format,
      sizeBytes: set.files.reduce((sum, file) => sum + file.sizeBytes, 0),
    },
  };
}

const isSmall = (file: RepoFile) => /\.(json|jinja)$/.test(file.path);

async function fetchSet(
  hub: Hub,
  cache: RepoCache,
  listing: RepoListing,
  set: FileSet<RepoFile>,
  { onProgress, partBytes }: PullOptions,
): Promise<void> {
  const totalBytes = set.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  for (const file of set.files) checkSize(file.path, file.sizeBytes);
  await cache.prepare();
  await checkDisk(cache.folder, await missingBytes(cache, set.files));

  let before = 0;
  for (const [fileIndex, file] of set.files.entries()) {
    const tell = ({ phase, doneBytes }: FileProgress) =>
      onProgress?.({
        phase,
        file: file.path,
        digest: `${file.digest.algorithm}:${file.digest.hex}`,
        fileIndex,
        fileCount: set.files.length,
        fileDoneBytes: doneBytes,
        fileBytes: file.sizeBytes,
        doneBytes: before + (phase === 'verifying' ? file.sizeBytes : doneBytes),
        totalBytes,
      });
    await download({
      url: hub.fileUrl(cache.repo, listing, file.path),
      file: file.path,
      destination: cache.blob(file),
      sizeBytes: file.sizeBytes,
      digest: file.digest,
      etag: undefined,
      connection: hub.connection,
      onProgress: tell,
      ...(partBytes && { partBytes }),
    });
    tell({ phase: 'fetching', doneBytes: file.sizeBytes });
    before += file.sizeBytes;
  }
}

/** Before the first byte: hours into a pull is a bad time to learn that the disk is too small. */
async function missingBytes(cache: RepoCache, files: readonly RepoFile[]): Promise<number> {
  const there = await Promise.all(
    files.map(async (file) => {
      if (await isWhole(cache.blob(file), file.sizeBytes)) return file.sizeBytes;
      return partialBytes(cache.blob(file), { ...file, etag: undefined });
    }),
  );
  const have = there.reduce((sum, bytes) => sum + bytes, 0);
  return files.reduce((sum, file) => sum + file.sizeBytes, 0) - have;
}

async function pullFromUrl(
  url: string,
  settings: HubSettings,
  options: PullOptions,
): Promise<LocalModel> {
  const connection = hubConnection(settings, 'huggingface', options);
  let sizeBytes = 0;
  const path = await pullUrl(
    urlCacheFolder(settings),
    url,
    connection,
    (note, { phase, doneBytes }) => {
      sizeBytes = note.sizeBytes;
      const fileDoneBytes = doneBytes;
      options.onProgress?.({
        phase,
        file: note.file,
        fileIndex: 0,
        fileCount: 1,
        fileDoneBytes,
        fileBytes: sizeBytes,
        doneBytes: phase === 'verifying' ? sizeBytes : doneBytes,
        totalBytes: sizeBytes,
      });
    },
    options.partBytes,
  );
  return { path, source: { kind: 'url', url } };
}
