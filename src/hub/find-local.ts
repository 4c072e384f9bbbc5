/**
 * What is on this machine already: the caches looked up by name, without a word to any server.
 * Only what is whole is found.
 */
import { fileSets, fits } from './choose-files.ts';
import type { ModelName } from './model-names.ts';
import { RepoCache } from './repo-cache.ts';
import {
  type HubKind,
  type HubSettings,
  hubCacheFolder,
  hubKinds,
  urlCacheFolder,
} from './settings.ts';
import { findUrl } from './url-cache.ts';

export type ModelSource =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'path' }
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: HubKind;
      readonly repo: string;
      readonly commit: string;
      readonly quantisation: string;
      readonly format: 'gguf' | 'safetensors';
      readonly sizeBytes: number;
    };

export interface LocalModel {
  /** A .gguf file (the first of a split one), or a folder with config.json and safetensors. */
  readonly path: string;
  readonly source: ModelSource;
}

/** What the caches of this machine hold under that name, whole; of the given hub, or of any. */
export async function findLocal(
  name: ModelName,
  settings: HubSettings,
  hub?: HubKind,
): Promise<LocalModel | undefined> {
  if (name.kind === 'url') {
    const path = await findUrl(urlCacheFolder(settings), name.url);
    return path === undefined ? undefined : { path, source: { kind: 'url', url: name.url } };
  }
  if (name.kind !== 'repo') return undefined;
  for (const kind of hub === undefined ? hubKinds : [hub]) {
    const cache = new RepoCache(hubCacheFolder(settings, kind), name.repo);
    const found = await findInCache(cache, kind, name.quantisation);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function findInCache(
  cache: RepoCache,
  kind: HubKind,
  wanted: string | undefined,
): Promise<LocalModel | undefined> {
  for (const commit of await cache.commits()) {
    const sets = fileSets(await cache.files(commit));
    const set = wanted === undefined ? sets[0] : sets.find((one) => fits(one, wanted));
    if (set === undefined) continue;
    const folder = cache.snapshot(commit);
    const sizeBytes = set.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    return {
      path: set.entry === '' ? folder : `${folder}/${set.entry}`,
      source: {
        kind,
        repo: cache.repo,
        commit,
        quantisation: set.quantisation,
        format: set.format,
        sizeBytes,
      },
    };
  }
  return undefined;
}
