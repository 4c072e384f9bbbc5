/**
 * Which files of a repository make a model: one GGUF quantisation with all its parts, or the
 * safetensors weights with their configuration and tokenizer. The same rules read a hub's listing
 * and a folder of the cache, so a set is either whole or not there.
 */
import { error } from '../base/errors.ts';

export interface NamedFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface FileSet<F extends NamedFile> {
  readonly format: 'gguf' | 'safetensors';
  /** `Q4_K_M`, …; of safetensors, `safetensors`. */
  readonly quantisation: string;
  readonly files: readonly F[];
  /** The file to open; empty where it is the folder itself. */
  readonly entry: string;
}

/**
 * Taken when no quantisation is named: Q4_K_M, else the nearest of its size, first its own kind,
 * then a little larger, then smaller, then unquantised, then what is too small to be good.
 */
const defaultOrder = [
  ...['Q4_K_M', 'UD-Q4_K_XL', 'Q4_K_XL', 'Q4_K_L', 'Q4_K_S', 'UD-Q4_K_M', 'Q4_K', 'Q4_1', 'Q4_0'],
  ...['IQ4_NL', 'UD-IQ4_NL', 'IQ4_XS', 'UD-IQ4_XS', 'MXFP4', 'MXFP4_MOE'],
  ...['Q5_K_M', 'UD-Q5_K_XL', 'Q5_K_L', 'Q5_K_S', 'Q5_K', 'Q5_1', 'Q5_0'],
  ...['Q6_K', 'UD-Q6_K_XL', 'Q6_K_L', 'Q8_0', 'UD-Q8_K_XL'],
  ...['Q3_K_XL', 'UD-Q3_K_XL', 'Q3_K_L', 'Q3_K_M', 'Q3_K_S', 'IQ3_M', 'IQ3_S', 'IQ3_XS', 'IQ3_XXS'],
  ...['BF16', 'F16', 'FP16', 'F32'],
];

/** The set that is wanted, or the default; throws where there is none. */
export function chooseFiles<F extends NamedFile>(
  repo: string,
  files: readonly F[],
  wanted: string | undefined,
): FileSet<F> {
  const sets = fileSets(files);
  if (sets.length === 0) {
    const names = files.map((file) => file.path);
    throw error('weights_missing', { repo, found: names.slice(0, 8).join(', ') || 'no files' });
  }
  const best = sets[0]!;
  const chosen = wanted === undefined ? best : sets.find((set) => fits(set, wanted));
  if (chosen !== undefined) return chosen;
  const expected = sets.map((set) => set.quantisation).join(', ');
  throw error('quantisation_missing', {
    repo,
    found: wanted,
    expected,
    example: best.quantisation,
  });
}

/** Every whole set in these files; GGUF sets first, best default first. */
export function fileSets<F extends NamedFile>(files: readonly F[]): FileSet<F>[] {
  const sets = ggufSets(files);
  const weights = safetensorsSet(files);
  if (weights !== undefined) sets.push(weights);
  return sets;
}

export function fits(set: FileSet<NamedFile>, wanted: string): boolean {
  const [label, text] = [set.quantisation.toLowerCase(), wanted.toLowerCase()];
  return label === text || label === `ud-${text}` || set.entry === wanted;
}

const splitPart = /-(\d{5})-of-(\d{5})\.gguf$/i;
/** Beside the weights, not weights: vision projectors, importance matrices, draft modules. */
const notWeights = /(^|\/)(mmproj|imatrix|mtp)[^/]*\.gguf$|imatrix\.gguf$/i;

function ggufSets<F extends NamedFile>(files: readonly F[]): FileSet<F>[] {
  const byModel = new Map<string, F[]>();
  for (const file of files) {
    if (!/\.gguf$/i.test(file.path) || notWeights.test(file.path)) continue;
    const count = splitPart.exec(file.path)?.[2];
    const model = file.path.replace(splitPart, '') + (count === undefined ? '' : `*${count}`);
    const parts = byModel.get(model);
    if (parts === undefined) byModel.set(model, [file]);
    else parts.push(file);
  }
  return [...byModel.values()]
    .filter(isWholeSplit)
    .map((parts): FileSet<F> => {
      const sorted = parts.sort((a, b) => compareText(a.path, b.path));
      const entry = sorted[0]!.path;
      return { format: 'gguf', quantisation: quantisationOf(entry), files: sorted, entry };
    })
    .sort((a, b) => rank(a) - rank(b) || compareText(a.entry, b.entry));
}

function isWholeSplit(parts: readonly NamedFile[]): boolean {
  const count = splitPart.exec(parts[0]!.path)?.[2];
  if (count === undefined) return true;
  const numbers = new Set(parts.map((part) => Number(splitPart.exec(part.path)?.[1])));
  return numbers.size === Number(count) && numbers.has(1) && numbers.has(Number(count));
}

function rank(set: FileSet<NamedFile>): number {
  const index = defaultOrder.indexOf(set.quantisation);
  // Folders hold variants; of equal labels the file nearest the root is the repository's own.
  return (index < 0 ? defaultOrder.length : index) * 100 + set.entry.split('/').length;
}

/** By code unit: the order must not depend on the machine's language. */
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const label =
  /(?:^|[-._/])((?:UD-)?(?:I?Q[1-8]_(?:K(?:_(?:XXS|XS|XL|S|M|L))?|XXS|XS|NL|S|M|[01])|TQ[12]_0|MXFP4(?:_MOE)?|BF16|FP?16|F32))(?=$|[-._/])/gi;

/** The label in a file's name, else in its folder's; the file's own name where there is none. */
export function quantisationOf(file: string): string {
  const stem = file.replace(splitPart, '').replace(/\.gguf$/i, '');
  const found = [...stem.matchAll(label)].at(-1)?.[1]?.toUpperCase();
  return found ?? stem.slice(stem.lastIndexOf('/') + 1);
}

/** What a Hugging Face folder needs to be opened, besides its weights. */
const required = ['config.json', 'tokenizer.json'];
const wanted = [
  ...required,
  'tokenizer_config.json',
  'generation_config.json',
  'chat_template.jinja',
  'chat_template.json',
  'special_tokens_map.json',
  'model.safetensors.index.json',
];

function safetensorsSet<F extends NamedFile>(files: readonly F[]): FileSet<F> | undefined {
  const weights = files.filter((file) => /^model[^/]*\.safetensors$/.test(file.path));
  const paths = new Set(files.map((file) => file.path));
  if (weights.length === 0 || !required.every((name) => paths.has(name))) return undefined;
  if (!isWholeShards(weights, paths)) return undefined;
  const rest = files.filter((file) => wanted.includes(file.path));
  return {
    format: 'safetensors',
    quantisation: 'safetensors',
    files: [...weights, ...rest],
    entry: '',
  };
}

/** `model.safetensors`, or all of `model-00001-of-000163.safetensors` … and their index. */
function isWholeShards(weights: readonly NamedFile[], paths: ReadonlySet<string>): boolean {
  if (paths.has('model.safetensors')) return true;
  const shards = weights.map((file) => /-(\d+)-of-(\d+)\.safetensors$/.exec(file.path));
  const count = Number(shards[0]?.[2]);
  const numbers = new Set(shards.map((shard) => Number(shard?.[1])));
  return paths.has('model.safetensors.index.json') && numbers.size === count;
}
