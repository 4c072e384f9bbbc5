/** Loads a model with what there is to see meanwhile: a bar for a download, a bar for the weights. */
import { type LoadProgress, load } from '../engine/load.ts';
import type { LoadedModel } from '../engine/loaded-model.ts';
import { type Progress, progressBar } from './progress.ts';
import type { Terminal } from './terminal.ts';

const labels: Partial<Record<LoadProgress['phase'], string>> = {
  pull: 'Pulling',
  load: 'Loading',
};

export async function openModel(
  name: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<LoadedModel> {
  let bar: Progress | undefined;
  let phase: LoadProgress['phase'] | undefined;
  const onProgress = (progress: LoadProgress) => {
    if (progress.phase !== phase) {
      bar?.end();
      phase = progress.phase;
      const label = labels[phase];
      bar = label === undefined ? undefined : progressBar(terminal, label);
    }
    bar?.update(progress.doneBytes, progress.totalBytes);
  };
  try {
    return await load(name, { pull: true, onProgress, signal });
  } finally {
    bar?.end();
  }
}
