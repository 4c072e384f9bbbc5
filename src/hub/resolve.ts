/**
 * A model's name → the file or folder to open. What is on this machine already is used without a
 * word to any server; what is not is fetched only when the caller says so.
 */
import { error } from '../base/errors.ts';
import { findLocal, type LocalModel } from './find-local.ts';
import { embeddedName, parseModelName } from './model-names.ts';
import { type PullOptions, pullModel } from './pull.ts';
import { type HubSettings, hubSettings } from './settings.ts';

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
