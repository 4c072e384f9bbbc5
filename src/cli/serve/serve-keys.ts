/** The keys of `serve`: from its options, a file, and SAMPAN_API_KEY. */
import { readFileSync } from 'node:fs';
import { error } from '../../base/errors.ts';
import { ApiKeys } from '../../server/api-keys.ts';

export interface KeyOptions {
  readonly apiKey?: readonly string[];
  readonly apiKeyFile?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

export function serveKeys({ apiKey = [], apiKeyFile }: KeyOptions, env: Env): ApiKeys {
  const fromFile = apiKeyFile === undefined ? [] : linesOf(readText(apiKeyFile));
  const lines = [...apiKey, ...fromFile, ...linesOf(env.SAMPAN_API_KEY ?? '')];
  return new ApiKeys(lines, apiKeyFile ?? 'API keys');
}

/** Empty lines and those that begin with # are none. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw error('file_not_found', { path: file }, cause);
    throw error('file_unreadable', { path: file, reason: message }, cause);
  }
}
