/**
 * The models on this machine: what is there, and removing one. A blob goes when the last snapshot
 * that names it has gone. Nothing outside the cache folders is touched: links are removed, never
 * followed, and a folder that is itself a link is left alone.
 */
import { lstat, readdir, readlink, rm, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { error } from '../base/errors.ts';
import { cacheError } from './cache-error.ts';
import { type FileSet, fileSets, fits, type NamedFile } from './choose-files.ts';
import { isRepoName, parseModelName, shortNameOf } from './model-names.ts';
import { partialSuffix } from './partial-file.ts';
import { RepoCache } from './repo-cache.ts';
import {
  type HubKind,
  type HubSettings,
  hubCacheFolder,
  hubKinds,
  urlCacheFolder,
} from './settings.ts';
import { readNote, urlFolder } from './url-cache.ts';

export interface CachedModel {
  /** What `run` and `rm` understand: `owner/repo:Q4_K_M`, or the URL. */
  readonly name: string;
  /** `deepseek-r1:1.5b`, where the repository has a short name. */
  readonly shortName: string | undefined;
  readonly source: HubKind | 'url';
  /** Of a pull that has not come to its end: `partial`. */
  readonly format: 'gguf' | 'safetensors' | 'partial';
  readonly quantisation: string | undefined;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modified: Date;
}

export async function listModels(settings: HubSettings): Promise<CachedModel[]> {
  const models: CachedModel[] = [];
  for (const source of hubKinds) {
    const folder = hubCacheFolder(settings, source);
    for (const repo of await repos(folder)) {
      models.push(...(await listRepo(new RepoCache(folder, repo), source)));
    }
  }
  models.push(...(await listUrls(urlCacheFolder(settings))));
  return models.sort((a, b) => b.modified.getTime() - a.modified.getTime());
}

async function repos(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('models--'))
    .map((entry) => entry.name.slice('models--'.length).replace('--', '/'))
    .filter(isRepoName);
}

async function listRepo(cache: RepoCache, source: HubKind): Promise<CachedModel[]> {
  const { repo } = cache;
  const models = new Map<string, CachedModel>();
  for (const commit of await cache.commits()) {
    const sets = fileSets(await cache.files(commit));
    for (const set of sets) {
      const name = setName(repo, set, sets);
      if (models.has(name)) continue; // an older commit of the same
      const file = path.join(cache.snapshot(commit), set.entry);
      models.set(name, {
        name,
        shortName: shortNameOf(repo),
        source,
        format: set.format,
        quantisation: set.quantisation,
        path: file,
        sizeBytes: set.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        modified: (await stat(file)).mtime,
      });
    }
  }
  return [...models.values(), ...(await listPartial(cache, source))];
}

/** A repository with several models of one label: the file's name tells them apart. */
function setName(repo: string, set: FileSet<NamedFile>, all: readonly FileSet<NamedFile>[]) {
  if (set.format === 'safetensors') return all.length === 1 ? repo : `${repo}:safetensors`;
  const isFirst = all.find((one) => one.quantisation === set.quantisation) === set;
  return `${repo}:${isFirst ? set.quantisation : set.entry}`;
}

async function listPartial(cache: RepoCache, source: HubKind): Promise<CachedModel[]> {
  const blobs = path.join(cache.folder, 'blobs');
  const names = await readdir(blobs).catch(() => []);
  const files = names.filter((name) => name.endsWith(partialSuffix));
  if (files.length === 0) return [];
  const found = await Promise.all(files.map((name) => stat(path.join(blobs, name))));
  return [
    {
      name: cache.repo,
      shortName: shortNameOf(cache.repo),
      source,
      format: 'partial',
      quantisation: undefined,
      path: cache.folder,
      sizeBytes: found.reduce((sum, { blocks }) => sum + blocks * 512, 0), // it has holes
      modified: new Date(Math.max(...found.map(({ mtimeMs }) => mtimeMs))),
    },
  ];
}

async function listUrls(folder: string): Promise<CachedModel[]> {
  const models: CachedModel[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const note = await readNote(path.join(folder, name));
    if (note === undefined) continue;
    const file = path.join(folder, name, note.file);
    const whole = await stat(file).catch(() => undefined);
    const isWhole = whole?.size === note.sizeBytes;
    const found = isWhole
      ? whole
      : await stat(`${file}.new${partialSuffix}`).catch(() => undefined);
    if (found === undefined) continue;
    models.push({
      name: note.url,
      shortName: undefined,
      source: 'url',
      format: isWhole ? 'gguf' : 'partial',
      quantisation: undefined,
      path: file,
      sizeBytes: isWhole ? found.size : found.blocks * 512,
      modified: found.mtime,
    });
  }
  return models;
}

export interface Removed {
  /** Paths that are gone: a repository's folder, or files of its snapshots. */
  readonly removed: readonly string[];
  readonly freedBytes: number;
}

/** Without a quantisation all of a repository goes, half-finished pulls included. */
export async function removeModel(
  name: string,
  settings: HubSettings,
  hub?: HubKind,
): Promise<Removed> {
  try {
    return await remove(name, settings, hub);
  } catch (cause) {
    throw cacheError(cause, settings.cacheFolder);
  }
}

async function remove(name: string, settings: HubSettings, hub?: HubKind): Promise<Removed> {
  const parsed = parseModelName(name, () => false);
  if (parsed.kind === 'embedded' || parsed.kind === 'path') {
    throw error('invalid_option', {
      name: 'model',
      found: name,
      expected: 'a model that was pulled',
    });
  }
  const results: Removed[] = [];
  if (parsed.kind === 'url') {
    results.push(await removeFolder(urlFolder(urlCacheFolder(settings), parsed.url)));
  } else {
    for (const kind of hub === undefined ? hubKinds : [hub]) {
      const cache = new RepoCache(hubCacheFolder(settings, kind), parsed.repo);
      if (!(await isPlainRepo(cache))) continue;
      const { quantisation } = parsed;
      results.push(
        quantisation === undefined
          ? await removeFolder(cache.folder)
          : await removeSets(cache, quantisation),
      );
    }
  }
  const removed = results.flatMap((result) => result.removed);
  if (removed.length === 0) throw error('model_not_pulled', { name });
  return { removed, freedBytes: results.reduce((sum, result) => sum + result.freedBytes, 0) };
}

/** Real folders all the way: through a link we would be deleting in somebody else's. */
async function isPlainRepo({ folder }: RepoCache): Promise<boolean> {
  const parts = [folder, path.join(folder, 'blobs'), path.join(folder, 'snapshots')];
  const found = await Promise.all(parts.map((part) => lstat(part).catch(() => undefined)));
  return found[0] !== undefined && found.every((part) => part === undefined || part.isDirectory());
}

async function removeFolder(folder: string): Promise<Removed> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found?.isDirectory()) return { removed: [], freedBytes: 0 };
  const freedBytes = await sizeOnDisk(folder);
  // What makes a model of it goes first: a removal cut short leaves nothing that looks whole.
  await rm(path.join(folder, 'snapshots'), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  return { removed: [folder], freedBytes };
}

async function sizeOnDisk(folder: string): Promise<number> {
  const inodes = new Map<string, number>(); // a hard link is the same bytes
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const found = await lstat(path.join(entry.parentPath, entry.name)).catch(() => undefined);
    if (found?.isFile()) inodes.set(`${found.dev}:${found.ino}`, found.blocks * 512);
  }
  return [...inodes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

async function removeSets(cache: RepoCache, quantisation: string): Promise<Removed> {
  const removed: string[] = [];
  const blobs = new Set<string>();
  let freedBytes = 0;
  for (const commit of await cache.commits()) {
    const set = fileSets(await cache.files(commit)).find((one) => fits(one, quantisation));
    for (const file of set?.files ?? []) {
      const entry = path.join(cache.snapshot(commit), file.path);
      const blob = await blobOf(cache, entry);
      if (blob !== undefined) blobs.add(blob);
      else freedBytes += file.sizeBytes; // a copy, where links cannot be made
      await unlink(entry);
      removed.push(entry);
      await removeEmpty(cache, path.dirname(entry));
    }
  }
  freedBytes += await removeUnreferenced(cache, blobs);
  await removeDeadRefs(cache);
  return { removed, freedBytes };
}

/** The blob an entry links to, symbolically or hard, if it is one of this repository. */
async function blobOf(cache: RepoCache, entry: string): Promise<string | undefined> {
  const blobs = path.join(cache.folder, 'blobs');
  const found = await lstat(entry);
  if (found.isSymbolicLink()) {
    const target = path.resolve(path.dirname(entry), await readlink(entry));
    return path.dirname(target) === blobs ? target : undefined;
  }
  if (found.nlink < 2) return undefined;
  for (const name of await readdir(blobs).catch(() => [])) {
    const blob = path.join(blobs, name);
    if ((await lstat(blob)).ino === found.ino) return blob;
  }
  return undefined;
}

async function removeUnreferenced(cache: RepoCache, blobs: Set<string>): Promise<number> {
  const root = path.join(cache.folder, 'snapshots');
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const blob = await blobOf(cache, path.join(entry.parentPath, entry.name));
    if (blob !== undefined) blobs.delete(blob);
  }
  let freedBytes = 0;
  for (const blob of blobs) {
    const found = await lstat(blob).catch(() => undefined);
    // A link leads into a store that repositories share; its bytes stay for the others.
    if (found?.isFile()) freedBytes += found.size;
    if (found !== undefined && !found.isDirectory()) await unlink(blob);
  }
  return freedBytes;
}

/** Empty folders up to the snapshot itself. */
async function removeEmpty(cache: RepoCache, folder: string): Promise<void> {
  const root = path.join(cache.folder, 'snapshots');
  for (let at = folder; at !== root && at.startsWith(root); at = path.dirname(at)) {
    const isGone = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}

/** A ref to a snapshot that has gone would be called damage by the Python library. */
async function removeDeadRefs(cache: RepoCache): Promise<void> {
  const commits = await cache.commits();
  const blobs = await readdir(path.join(cache.folder, 'blobs')).catch(() => []);
  if (commits.length === 0 && !blobs.some((name) => name.includes('.sampan-'))) {
    await rm(cache.folder, { recursive: true, force: true });
    return;
  }
  for (const revision of ['main', 'master']) {
    const commit = await cache.commitOf(revision);
    if (commit !== undefined && !commits.includes(commit)) {
      await rm(path.join(cache.folder, 'refs', revision), { force: true });
    }
  }
}
