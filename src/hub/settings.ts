/**
 * Where hubs and caches are, read from the environment: the variables of the Python hub library,
 * with its order of precedence, so that both tools share one cache. A token on disk
 * (`hf auth login`) is used as that library uses it.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { error } from '../base/errors.ts';

export const hubKinds = ['huggingface', 'modelscope'] as const;
export type HubKind = (typeof hubKinds)[number];

export interface HubSettings {
  readonly endpoints: Readonly<Record<HubKind, string>>;
  readonly tokens: Readonly<Record<HubKind, string | undefined>>;
  readonly offline: boolean;
  /** The standard Hugging Face cache: `models--owner--repo` folders. */
  readonly cacheFolder: string;
  /** Beside it, for what that layout has no place for: ModelScope's repositories, single URLs. */
  readonly sideFolder: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function hubSettings(env: Environment = process.env): HubSettings {
  // An empty variable counts as unset.
  const home = expand(
    env.HF_HOME || path.join(env.XDG_CACHE_HOME || '~/.cache', 'huggingface'),
    env,
  );
  const cacheFolder = expand(
    env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || path.join(home, 'hub'),
    env,
  );
  return {
    endpoints: {
      huggingface: endpoint('HF_ENDPOINT', env.HF_ENDPOINT || 'https://huggingface.co'),
      modelscope: endpoint(
        'MODELSCOPE_ENDPOINT',
        env.MODELSCOPE_ENDPOINT || 'https://modelscope.cn',
      ),
    },
    tokens: {
      huggingface: huggingFaceToken(env, home),
      modelscope: token(env.MODELSCOPE_API_TOKEN),
    },
    offline: isTrue(env.HF_HUB_OFFLINE) || isTrue(env.TRANSFORMERS_OFFLINE),
    cacheFolder,
    sideFolder: path.join(path.dirname(cacheFolder), 'sampan'),
  };
}

/** The folder that holds a hub's `models--owner--repo` folders. */
export function hubCacheFolder(settings: HubSettings, hub: HubKind): string {
  return hub === 'huggingface' ? settings.cacheFolder : path.join(settings.sideFolder, hub);
}

export function urlCacheFolder(settings: HubSettings): string {
  return path.join(settings.sideFolder, 'urls');
}

function endpoint(variable: string, value: string): string {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search || url.username) {
    throw error('invalid_option', {
      name: variable,
      found: value,
      expected: 'an http or https URL',
    });
  }
  return url.href.replace(/\/+$/, '');
}

function huggingFaceToken(env: Environment, home: string): string | undefined {
  const given = token(env.HF_TOKEN) ?? token(env.HUGGING_FACE_HUB_TOKEN);
  if (given !== undefined || isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return given;
  try {
    return token(readFileSync(expand(env.HF_TOKEN_PATH || path.join(home, 'token'), env), 'utf8'));
  } catch {
    return undefined; // nobody logged in
  }
}

/** Printable ASCII or nothing: a line break in a token would be a second header. */
function token(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text && /^[!-~]{1,4096}$/.test(text) ? text : undefined;
}

const isTrue = (value: string | undefined) => /^(1|on|yes|true)$/i.test(value ?? '');

/** `~`, `$NAME` and `${NAME}`, as the Python library expands them. */
function expand(folder: string, env: Environment): string {
  const named = folder.replace(
    /\$(\w+)|\$\{(\w+)\}/g,
    (all, bare, braced) => env[bare ?? braced] ?? all,
  );
  return path.resolve(named.replace(/^~(?=$|[/\\])/, env.HOME ?? homedir()));
}
