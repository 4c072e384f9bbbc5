/**
 * A scaling measurement from a model's name to its report. Refused: thinking budgets for a model
 * that does not think, several samples of one that draws nothing.
 */
import { error } from '../../base/errors.ts';
import type { LoadedModel } from '../../engine/loaded-model.ts';
import type { ModelInfo } from '../../engine/model-info.ts';
import { type DeviceOptions, deviceOptions } from '../device-options.ts';
import { inspectMachine } from '../machine.ts';
import { openModel } from '../open-model.ts';
import { packageVersion } from '../package-version.ts';
import { progressBar } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { type Budget, measureScale, type ScalePoint, type ScaleSettings } from './measure-scale.ts';
import { heldOutProblemsPath, type Problem, readProblems } from './problems.ts';

/** As the command line has them. */
export interface ScaleOptions extends DeviceOptions {
  readonly budgets: readonly Budget[];
  readonly samples: readonly number[];
  readonly count: number;
  readonly problems?: string;
  readonly parallel: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed: number;
}

export interface ScaleReport {
  readonly version: string;
  readonly date: string;
  readonly cpu: string;
  readonly model: Pick<ModelInfo, 'name' | 'file' | 'quantisation' | 'parameterCount'>;
  readonly device: string;
  /** The file they are from, and how many of its lines. */
  readonly problems: { readonly file: string; readonly count: number };
  readonly settings: ScaleSettings;
  readonly seconds: number;
  readonly points: readonly ScalePoint[];
}

const embeddedModel = 'nano';

export async function runScale(
  name: string,
  options: ScaleOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ScaleReport> {
  const { file, problems } = problemsFor(name, options);
  await using model = await openModel(name, terminal, signal, {
    ...deviceOptions(options),
    maxSequences: options.parallel,
  });
  const { info } = model;
  const settings: ScaleSettings = {
    ...{ budgets: options.budgets, samples: options.samples, seed: options.seed },
    temperature: options.temperature ?? info.sampling.temperature,
    topP: options.topP ?? info.sampling.topP,
  };
  checkAgainst(info, settings);
  const startMs = performance.now();
  const points = await withBar(model, problems, settings, terminal, signal);
  const { name: modelName, quantisation, parameterCount } = info;
  return {
    ...{ version: packageVersion(), date: new Date().toISOString().slice(0, 10) },
    ...{ cpu: inspectMachine().cpu, device: info.device.kind },
    model: { name: modelName, file: info.file, quantisation, parameterCount },
    problems: { file, count: problems.length },
    ...{ settings, seconds: (performance.now() - startMs) / 1000, points },
  };
}

function problemsFor(name: string, { problems: given, count }: ScaleOptions) {
  if (given === undefined && name !== embeddedModel) {
    throw error('invalid_option', {
      ...{ name: 'problems', found: 'none' },
      expected: `a file of problems: only ${embeddedModel} comes with its own`,
    });
  }
  const file = given ?? heldOutProblemsPath();
  const all = readProblems(file);
  if (count > all.length) {
    const expected = `at most ${all.length}, as many as the file has`;
    throw error('invalid_option', { name: 'count', found: count, expected });
  }
  return { file, problems: all.slice(0, count) };
}

function checkAgainst(info: ModelInfo, { budgets, samples, temperature }: ScaleSettings): void {
  if (!info.canThink && budgets.some((budget) => budget !== 'unbounded')) {
    const expected = 'unbounded alone: this model does not think before it answers';
    throw error('invalid_option', { name: 'budgets', found: budgets.join(), expected });
  }
  if (temperature === 0 && samples.some((count) => count > 1)) {
    const expected = 'above 0: without chance all samples are the same';
    throw error('invalid_option', { name: 'temperature', found: 0, expected });
  }
}

async function withBar(
  model: LoadedModel,
  problems: readonly Problem[],
  settings: ScaleSettings,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly ScalePoint[]> {
  const bar = progressBar(terminal, 'Measuring');
  try {
    const onSample = (done: number, total: number) =>
      bar.update(done, total, ` ${done} of ${total} replies`);
    return await measureScale(model, problems, settings, { signal, onSample });
  } finally {
    bar.end();
  }
}
