/**
 * Who may use the server, and how much. A key is written `name:key`, with limits after it where it
 * has some: `ci:sk-123 requests=60 tokens=100000 concurrent=4`. Only hashes are kept; a key that
 * is shown is compared with each of them in constant time.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { error } from '../base/errors.ts';

export interface ApiKey {
  readonly name: string;
  readonly limits: KeyLimits;
}

export interface KeyLimits {
  /** Replies at once. */
  readonly concurrent?: number;
  /** A minute. */
  readonly requests?: number;
  /** A minute, of prompts and replies together. */
  readonly tokens?: number;
}

const limitNames: readonly string[] = ['concurrent', 'requests', 'tokens'];
const maxKeyChars = 512;

export class ApiKeys {
  readonly #keys: readonly { readonly key: ApiKey; readonly hash: Buffer }[];

  /** `source`: where the lines come from, for messages. None may be a secret's. */
  constructor(lines: readonly string[], source: string) {
    const keys = lines.map((line, index) => parseLine(line, source, index));
    const names = keys.map(({ key }) => key.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      const found = `two keys called ${twice}`;
      throw error('api_key_malformed', { source, found, expected: 'a name of its own for each' });
    }
    this.#keys = keys;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** undefined: nobody's. */
  find(shown: string): ApiKey | undefined {
    const hash = hashOf(shown.slice(0, maxKeyChars + 1));
    let found: ApiKey | undefined;
    for (const { key, hash: known } of this.#keys) if (timingSafeEqual(hash, known)) found = key;
    return found;
  }
}

function parseLine(line: string, source: string, index: number) {
  const [spec = '', ...settings] = line.trim().split(/\s+/);
  const refuse = (found: string, expected: string) =>
    error('api_key_malformed', { source, found: `${found} in key ${index + 1}`, expected });
  const colon = spec.indexOf(':');
  const name = colon > 0 ? spec.slice(0, colon) : `key-${index + 1}`;
  const secret = spec.slice(colon + 1);
  if (!/^[\w.-]{1,64}$/.test(name)) throw refuse('a wrong name', 'letters, digits, dot, dash or _');
  if (secret === '' || secret.length > maxKeyChars) {
    throw refuse(`${secret.length} characters`, `a key of 1 to ${maxKeyChars} characters`);
  }
  const limits: Record<string, number> = {};
  for (const setting of settings) {
    const [, limit, value] = /^(\w+)=([1-9]\d{0,11})$/.exec(setting) ?? [];
    if (limit === undefined || !limitNames.includes(limit)) {
      throw refuse(
        'a word after it that is no limit',
        'requests=60, tokens=100000 or concurrent=4',
      );
    }
    limits[limit] = Number(value);
  }
  return { key: { name, limits } satisfies ApiKey, hash: hashOf(secret) };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
