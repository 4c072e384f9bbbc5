/**
 * What a user calls a model → where it is, by the form of the name alone. In this order: a short
 * name of the table, a URL, something that exists on disk, `owner/repo[:quant]`. A name of no such
 * form is refused, with the nearest short names.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { error } from '../base/errors.ts';
import { nearestNames } from '../base/nearest-names.ts';
import { type ModelRow, modelTable } from './model-names-table.ts';

/** The model that comes with the package; the caller knows where it lies. */
export const embeddedName = 'nano';

const knownNames = [...modelTable.map((row) => row.name), embeddedName];

export type ModelName =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'repo';
      /** `owner/name` */
      readonly repo: string;
      /** A label as `Q4_K_M`, or the path of a .gguf file; undefined: the default. */
      readonly quantisation: string | undefined;
    };

export function parseModelName(name: string, exists = existsSync): ModelName {
  const known = name === embeddedName ? ({ kind: 'embedded' } as const) : shortName(name);
  if (known !== undefined) return known;
  if (/^https?:\/\//i.test(name)) return parseUrl(name);

  const onDisk = name.replace(/^~(?=$|[/\\])/, homedir());
  if (onDisk !== '' && !onDisk.includes('\0') && exists(onDisk)) {
    return { kind: 'path', path: path.resolve(onDisk) };
  }
  const repo = parseRepo(name);
  if (repo !== undefined) return repo;
  if (/^[./~\\]|^[A-Za-z]:[\\/]|\.(gguf|safetensors)$/i.test(name)) {
    throw error('file_not_found', { path: name });
  }
  throw error('model_unknown', { name, nearest: nearestNames(name, knownNames).join(', ') });
}

/** `owner/name` as both hubs allow it: no dots or dashes at the ends, no `--` and no `..`. */
export function isRepoName(text: string): boolean {
  const parts = text.split('/');
  return parts.length === 2 && text.length <= 193 && parts.every(isRepoPart);
}

function isRepoPart(part: string): boolean {
  return /^[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_])?$/.test(part) && !/--|\.\.|\.git$/.test(part);
}

function parseRepo(name: string): ModelName | undefined {
  const colon = name.indexOf(':');
  const repo = colon < 0 ? name : name.slice(0, colon);
  if (!isRepoName(repo)) return undefined;
  return { kind: 'repo', repo, quantisation: colon < 0 ? undefined : name.slice(colon + 1) };
}

function parseUrl(name: string): ModelName {
  const url = URL.parse(name);
  const isGguf = url !== null && /\.gguf$/i.test(url.pathname);
  if (!isGguf || url.username || url.password) {
    throw error('invalid_option', {
      name: 'model',
      found: name,
      expected: 'a URL to a .gguf file',
    });
  }
  url.hash = '';
  // A hub's page about a file: the file itself is one word away.
  url.pathname = url.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/resolve/');
  return { kind: 'url', url: url.href };
}

/** Every short name with its row, longest first: `deepseek-v3-0324` before `deepseek-v3`. */
const shortNames: readonly (readonly [string, ModelRow])[] = modelTable
  .flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row] as const))
  .sort(([a], [b]) => b.length - a.length);

function shortName(name: string): ModelName | undefined {
  const lower = name.toLowerCase();
  for (const [known, row] of shortNames) {
    if (lower === known) return { kind: 'repo', repo: row.gguf, quantisation: undefined };
    // `deepseek-r1:1.5b-q8_0`, `deepseek-r1:1.5b:Q8_0`, `deepseek-v3:q4_k_m`
    const rest = name.slice(known.length + 1);
    const isDivided = lower.startsWith(`${known}:`) || lower.startsWith(`${known}-`);
    if (isDivided && isQuantisation(rest)) {
      return { kind: 'repo', repo: row.gguf, quantisation: rest };
    }
  }
  return undefined;
}

const isQuantisation = (text: string) => /^(ud-)?(i?q\d|tq\d|b?f(p?16|32)|fp16|mxfp4)/i.test(text);

/** The short name that `repo` is pulled by, for lists. */
export function shortNameOf(repo: string): string | undefined {
  return modelTable.find((row) => row.gguf === repo)?.name;
}
