/**
 * A hub: what a repository holds, and where each file is fetched. Two hubs speak different
 * dialects; the rest of the room sees this interface.
 */
import { listHuggingFace } from './hugging-face.ts';
import { listModelScope } from './model-scope.ts';
import type { RepoListing } from './repo-listing.ts';
import { type Connection, defaultPatience, type Fetch, type Patience } from './request.ts';
import type { HubKind, HubSettings } from './settings.ts';

export interface Hub {
  readonly kind: HubKind;
  readonly connection: Connection;
  list(repo: string): Promise<RepoListing>;
  fileUrl(repo: string, listing: RepoListing, file: string): string;
}

export interface HubOptions {
  readonly hub?: HubKind;
  readonly fetch?: Fetch;
  readonly patience?: Patience;
  readonly signal?: AbortSignal | undefined;
}

const hubNames = { huggingface: 'Hugging Face', modelscope: 'ModelScope' };
const tokenVariables = { huggingface: 'HF_TOKEN', modelscope: 'MODELSCOPE_API_TOKEN' };

export function openHub(settings: HubSettings, options: HubOptions): Hub {
  const kind = options.hub ?? 'huggingface';
  const endpoint = settings.endpoints[kind];
  const connection = hubConnection(settings, kind, options);
  return {
    kind,
    connection,
    list(repo) {
      const list = kind === 'huggingface' ? listHuggingFace : listModelScope;
      return list(connection, endpoint, repo);
    },
    fileUrl(repo, listing, file) {
      // Hugging Face serves a commit; ModelScope's commits name single files, so its branch.
      const revision = kind === 'huggingface' ? listing.commit : listing.revision;
      const prefix = kind === 'huggingface' ? '' : '/models';
      const name = file.split('/').map(encodeURIComponent).join('/');
      return `${endpoint}${prefix}/${repo}/resolve/${revision}/${name}`;
    },
  };
}

export function hubConnection(
  settings: HubSettings,
  kind: HubKind,
  options: HubOptions,
): Connection {
  return {
    hub: hubNames[kind],
    origin: new URL(settings.endpoints[kind]).origin,
    token: settings.tokens[kind],
    tokenVariable: tokenVariables[kind],
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    patience: options.patience ?? defaultPatience,
    signal: options.signal,
  };
}
