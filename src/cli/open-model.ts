/**
 * Loads a model with what there is to see meanwhile: a bar for a download, a bar for the weights;
 * and says so where a faster device was passed over.
 */
import { type LoadOptions, type LoadProgress, load } from '../engine/load.ts';
import type { LoadedModel } from '../engine/loaded-model.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import { harmless } from './print-reply.ts';
import { type Progress, progressBar } from './progress.ts';
import { paint, type Terminal } from './terminal.ts';

const labels: Partial<Record<LoadProgress['phase'], string>> = {
  pull: 'Pulling',
  load: 'Loading',
};

export async function openModel(
  name: string,
  terminal: Terminal,
  signal: AbortSignal,
  options: LoadOptions = {},
): Promise<LoadedModel> {
  return await showLoading(
    terminal,
    (onProgress) => load(name, { ...options, pull: true, onProgress, signal }),
    ({ info }) => info,
    options.onProgress,
  );
}

/** Runs a load with its bars; afterwards says where a faster device was passed over. */
export async function showLoading<T>(
  terminal: Terminal,
  loading: (onProgress: (progress: LoadProgress) => void) => Promise<T>,
  infoOf: (loaded: T) => ModelInfo,
  listener?: (progress: LoadProgress) => void,
): Promise<T> {
  let bar: Progress | undefined;
  let phase: LoadProgress['phase'] | undefined;
  const onProgress = (progress: LoadProgress) => {
    listener?.(progress);
    if (progress.phase !== phase) {
      bar?.end();
      phase = progress.phase;
      const label = labels[phase];
      bar = label === undefined ? undefined : progressBar(terminal, label);
    }
    bar?.update(progress.doneBytes, progress.totalBytes);
  };
  try {
    const loaded = await loading(onProgress);
    bar?.end();
    const line = passedOverLine(infoOf(loaded));
    if (line) terminal.stderr.write(`${paint(terminal.stderr, 'yellow', line)}\n`);
    return loaded;
  } finally {
    bar?.end();
  }
}

/** undefined where the fastest device computes, or the one that was asked for by name. */
export function passedOverLine({ device }: Pick<ModelInfo, 'device'>): string | undefined {
  const [fastest] = device.passedOver;
  return (
    fastest && harmless(`Running on ${device.kind}, not on ${fastest.kind}: ${fastest.reason}`)
  );
}
