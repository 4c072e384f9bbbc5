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
  let bar: Progress | undefined;
  let phase: LoadProgress['phase'] | undefined;
  const onProgress = (progress: LoadProgress) => {
    options.onProgress?.(progress);
    if (progress.phase !== phase) {
      bar?.end();
      phase = progress.phase;
      const label = labels[phase];
      bar = label === undefined ? undefined : progressBar(terminal, label);
    }
    bar?.update(progress.doneBytes, progress.totalBytes);
  };
  try {
    const model = await load(name, { ...options, pull: true, onProgress, signal });
    bar?.end();
    const line = passedOverLine(model.info);
    if (line) terminal.stderr.write(`${paint(terminal.stderr, 'yellow', line)}\n`);
    return model;
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
