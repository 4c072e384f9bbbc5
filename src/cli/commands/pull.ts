/** `sampan pull <model>`: fetches a model into the cache, or brings it up to date. */
import type { Command } from 'commander';
import type { LocalModel } from '../../hub/find-local.ts';
import { parseModelName } from '../../hub/model-names.ts';
import { type PullProgress, pullModel } from '../../hub/pull.ts';
import { hubSettings } from '../../hub/settings.ts';
import { examples } from '../examples.ts';
import { addHubOption, type HubOption } from '../hub-option.ts';
import { formatBytes } from '../machine.ts';
import { harmless } from '../print-reply.ts';
import { type Progress, progressBar } from '../progress.ts';
import { interruptible, processTerminal, type Terminal } from '../terminal.ts';

export function registerPull(program: Command, terminal: Terminal = processTerminal): void {
  const command = program
    .command('pull')
    .summary('fetch a model from Hugging Face or ModelScope')
    .description(
      'Fetches a model into the Hugging Face cache, where other tools find it too, and checks ' +
        'every file. What is there already is not fetched again; a pull that was interrupted goes ' +
        'on where it stopped. Without a quantisation it is Q4_K_M or the nearest. Environment: ' +
        'HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE, MODELSCOPE_API_TOKEN.',
    )
    .argument('<model>', 'short name, owner/repo[:quant] or URL of a .gguf file')
    .option('--json', 'print one JSON object');
  addHubOption(command, 'where to fetch it from (default: huggingface)')
    .addHelpText(
      'after',
      examples({
        'sampan pull deepseek-r1:1.5b': 'Q4_K_M, 1.0 GB',
        'sampan pull deepseek-r1:1.5b-q8_0': 'another quantisation',
        'sampan pull unsloth/DeepSeek-R1-0528-Qwen3-8B-GGUF:UD-Q4_K_XL': 'any GGUF repository',
        'sampan pull deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B': 'the original, safetensors',
        'sampan pull deepseek-r1:7b --hub modelscope': 'from ModelScope',
        'sampan pull https://example.org/model.gguf': 'one file',
      }),
    )
    .action(async (name: string, { hub, json }: HubOption & { json?: boolean }) => {
      const found = await pullWithBar(name, terminal, hub ? { hub } : {});
      terminal.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : describe(name, found));
    });
}

async function pullWithBar(name: string, terminal: Terminal, options: HubOption) {
  let bar: Progress | undefined;
  let shown = '';
  const rate = new Rate();
  const onProgress = (progress: PullProgress) => {
    const label = labelOf(progress);
    if (label !== shown) {
      bar?.end();
      bar = progressBar(terminal, label);
      shown = label;
    }
    const { phase, fileDoneBytes, fileBytes, doneBytes, totalBytes } = progress;
    if (phase === 'waiting') bar?.update(undefined, undefined);
    else if (phase === 'verifying') bar?.update(fileDoneBytes, fileBytes);
    else bar?.update(doneBytes, totalBytes, rate.note(doneBytes, totalBytes));
  };
  try {
    return await interruptible(terminal, async (signal) => {
      try {
        return await pullModel(parseModelName(name), hubSettings(), {
          ...options,
          signal,
          onProgress,
        });
      } catch (cause) {
        bar?.end();
        if (signal.aborted) {
          terminal.stderr.write(
            'Interrupted. What has arrived is kept: the same command goes on.\n',
          );
        }
        throw cause;
      }
    });
  } finally {
    bar?.end();
  }
}

function labelOf({ phase, file, fileIndex, fileCount }: PullProgress): string {
  const which = fileCount > 1 ? ` (${fileIndex + 1} of ${fileCount})` : '';
  const whole = harmless(file.slice(file.lastIndexOf('/') + 1));
  // Speed and time left must still fit on the line; the quantisation is at the name's end.
  const name = whole.length > 24 ? `…${whole.slice(-23)}` : whole;
  if (phase === 'waiting') return `${name}${which}: another process fetches it`;
  return `${phase === 'verifying' ? 'Checking ' : ''}${name}${which}`;
}

/** Speed over the last seconds, of this run: what an earlier one fetched is no merit of the line. */
class Rate {
  readonly #points: { atMs: number; bytes: number }[] = [];

  note(doneBytes: number, totalBytes: number): string {
    const now = performance.now();
    const last = this.#points.at(-1);
    if (last === undefined || now - last.atMs > 250)
      this.#points.push({ atMs: now, bytes: doneBytes });
    if (this.#points.length > 20) this.#points.shift();

    const first = this.#points[0]!;
    const bytesPerSecond = ((doneBytes - first.bytes) * 1000) / Math.max(1, now - first.atMs);
    const size = ` of ${formatBytes(totalBytes)}`;
    if (now - first.atMs < 1000 || bytesPerSecond < 1) return size;
    const seconds = (totalBytes - doneBytes) / bytesPerSecond;
    return `${size}, ${formatBytes(bytesPerSecond)}/s, ${formatDuration(seconds)} left`;
  }
}

function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function describe(name: string, { path, source }: LocalModel): string {
  const what =
    'quantisation' in source
      ? `${source.quantisation}, ${formatBytes(source.sizeBytes)}`
      : 'one file';
  return harmless(`${name} (${what}) is at ${path}\n`);
}
