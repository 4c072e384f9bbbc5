/**
 * Opens a model by path: a .gguf file (any part of a split one), a folder with one GGUF model, or
 * a Hugging Face folder (config.json and *.safetensors). What a file is, its first bytes say, not
 * its name. A folder with both kinds is opened as safetensors: name the .gguf file to have that.
 */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { error } from '../base/errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { mapFile } from './file-map.ts';
import { openGgufCheckpoint } from './gguf-checkpoint.ts';
import { openHfFolder } from './huggingface/open-hf-folder.ts';

export async function openCheckpoint(file: string): Promise<Checkpoint> {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) throw error('file_not_found', { path: file });
  return stat.isDirectory() ? openFolder(file) : openFile(file);
}

function openFile(file: string): Checkpoint {
  const start = firstBytes(file);
  if (start.startsWith('GGUF')) return openGgufCheckpoint(file);
  const isSafetensors = start[8] === '{'; // after 8 bytes of header length
  throw error('format_unknown', {
    path: file,
    found: isSafetensors
      ? 'a safetensors file'
      : `a file that begins with ${JSON.stringify(start)}`,
    expected: isSafetensors ? 'the folder it is in, with its config.json' : '"GGUF"',
  });
}

function openFolder(folder: string): Checkpoint {
  const names = readdirSync(folder);
  const hasWeights = names.some((name) => name.endsWith('.safetensors'));
  if (hasWeights && names.includes('config.json')) return openHfFolder(folder);

  const models = ggufModels(names);
  if (models.length === 1) return openFile(path.join(folder, models[0] as string));
  const found = hasWeights ? '*.safetensors without config.json' : 'no model';
  throw error('format_unknown', {
    path: folder,
    found: models.length === 0 ? found : `several models (${models.join(', ')})`,
    expected: 'one: a .gguf, or config.json with *.safetensors',
  });
}

/** One name for each model: the parts of a split one differ in their number only. */
function ggufModels(names: readonly string[]): string[] {
  const models = new Map<string, string>();
  for (const name of names.filter((name) => name.endsWith('.gguf')).sort()) {
    const model = name.replace(/-\d{5}(-of-\d{5}\.gguf)$/, '$1');
    if (!models.has(model)) models.set(model, name);
  }
  return [...models.values()];
}

function firstBytes(file: string): string {
  const map = mapFile(file);
  try {
    return Buffer.from(map.bytes.subarray(0, 16)).toString('latin1');
  } finally {
    map.close();
  }
}
