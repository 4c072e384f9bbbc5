/** The models on the command line of `serve`: what they are called, and how they are loaded. */
import path from 'node:path';
import { error } from '../../base/errors.ts';
import type { LoadOptions } from '../../engine/load.ts';
import type { PooledModel } from '../../engine/model-pool.ts';

/** `name=model`, or a model, called as it is; a file or folder by its last part. */
export function servedModels(words: readonly string[], options: LoadOptions): PooledModel[] {
  if (words.length === 0) {
    const expected = 'a model, as in: sampan serve nano';
    throw error('invalid_option', { name: 'models', found: 'none', expected });
  }
  const models = words.map((word) => {
    const [, given, rest] = /^([\w.:-]+)=(.+)$/.exec(word) ?? [];
    const source = rest ?? word;
    return { name: given ?? nameOf(source), source, options: { ...options, pull: true } };
  });
  const names = models.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const expected = 'a name for each: --model name=model';
    throw error('invalid_option', { name: '--model', found: `two called ${twice}`, expected });
  }
  return models;
}

function nameOf(source: string): string {
  const isFile = /^[./~\\]|^[A-Za-z]:[\\/]|^https?:|\.gguf$/i.test(source);
  return isFile ? path.basename(source).replace(/\.gguf$/i, '') : source;
}
