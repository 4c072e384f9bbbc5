/**
 * A model's name → the file or folder to open. What is on this machine already is used without a
 * word to any server; what is not is fetched only when the caller says so.
 */
import { error } from '../base/errors.ts';
import { fileSets, fits } from './choose-files.ts';
import { embeddedName, type ModelName, parseModelName } from './model-names.ts';
import { type PullOptions, pullModel } from './pull.ts';
import { RepoCache } from './repo-cache.ts';
import {
  type HubKind,
  type HubSettings,
  hubCacheFolder,
  hubKinds,
  hubSettings,
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

export interface ResolveOptions extends PullOptions {
  /** Fetch what is not here. */
  readonly pull?: boolean;
  /** No server is asked, as with HF_HUB_OFFLINE. */
  readonly offline?: boolean;
  /** Where the embedded model lies; without it there is none. */
  readonly embeddedPath?: string;
  readonly settings?: HubSettings;
}

export async function resolveModel(
  name: string,
  options: ResolveOptions = {},
): Promise<LocalModel> {
  const parsed = parseModelName(name);
  if (parsed.kind === 'path') return { path: parsed.path, source: { kind: 'path' } };
  if (parsed.kind === 'embedded') {
    if (options.embeddedPath === undefined) throw error('file_not_found', { path: embeddedName });
    return { path: options.embeddedPath, source: { kind: 'embedded' } };
  }

  const given = options.settings ?? hubSettings();
  const settings = { ...given, offline: given.offline || options.offline === true };
  const local = await findLocal(parsed, settings, options.hub);
  if (local !== undefined) return local;
  if (settings.offline) throw error('hub_offline', { name });
  if (!options.pull) throw error('model_not_pulled', { name });
  return pullModel(parsed, settings, options);
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
