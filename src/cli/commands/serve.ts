/** `sampan serve <models…>`: models over the APIs that clients speak, until a signal ends it. */
import { type Command, Option } from 'commander';
import { ModelPool } from '../../engine/model-pool.ts';
import { Log, type LogFormat, type LogLevel, logFormats, logLevels } from '../../server/log.ts';
import { defaultSettings } from '../../server/settings.ts';
import { addDeviceOptions, type DeviceOptions, deviceOptions } from '../device-options.ts';
import { examples } from '../examples.ts';
import { count, portNumber } from '../number-option.ts';
import { packageVersion } from '../package-version.ts';
import { duration, timeLimit } from '../serve/duration.ts';
import { defaultQueue, runServer } from '../serve/run-server.ts';
import { type KeyOptions, serveKeys } from '../serve/serve-keys.ts';
import { servedModels } from '../serve/served-models.ts';
import { processTerminal, type Terminal } from '../terminal.ts';

interface ServeOptions extends DeviceOptions, KeyOptions {
  readonly model?: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly context?: number;
  readonly parallel?: number;
  readonly queue: number;
  readonly deadline?: number;
  readonly kvDisk?: string;
  readonly keepAlive?: number;
  readonly allowedHost?: readonly string[];
  readonly corsOrigin?: readonly string[];
  readonly log: LogFormat;
  readonly logLevel: LogLevel;
}

export function registerServe(program: Command, terminal: Terminal = processTerminal): void {
  const command = program
    .command('serve')
    .summary('serve models over HTTP, to clients of OpenAI, DeepSeek, Anthropic and Ollama')
    .description(
      'Listens on this machine alone, unless --host says otherwise, which needs a key. The first ' +
        'model is loaded at once, the others when they are asked for. Ctrl-C or SIGTERM lets ' +
        'requests end; a second one does not wait.',
    )
    .argument('[models...]', 'as for run; name=model gives it a name of its own')
    .option('--model <model>', 'one more model; may be repeated', collect)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0: any that is free', portNumber, 8080)
    .option('--api-key <name:key>', 'who may use it, SAMPAN_API_KEY too; may be repeated', collect)
    .option(
      '--api-key-file <file>',
      'keys, one a line: name:key requests=60 tokens=100000 concurrent=4',
    )
    .option(
      '--allowed-host <name>',
      'a name that this server is reached by; may be repeated',
      collect,
    )
    .option('--cors-origin <origin>', 'a site whose pages may ask it; may be repeated', collect)
    .option('--ctx, --context <tokens>', 'longest prompt and reply together', count)
    .option('--parallel <number>', 'requests that share steps; more wait (default: 16)', count)
    .option(
      '--queue <number>',
      'requests that may wait; more are refused with 429',
      count,
      defaultQueue,
    )
    .option(
      '--deadline <time>',
      'longest reply, waiting included: 90s, 5m (default: none)',
      timeLimit,
    )
    .option(
      '--kv-disk <folder>',
      'keeps what was computed of long prompts for later runs; as private as the prompts',
    );
  addDeviceOptions(command)
    .option(
      '--keep-alive <time>',
      'how long an idle model stays: 90s, 5m, 2h, forever (default: 5m, and forever where there is one)',
      duration,
    )
    .addOption(new Option('--log <format>', 'form of the log').choices(logFormats).default('text'))
    .addOption(
      new Option('--log-level <level>', 'least that is logged').choices(logLevels).default('info'),
    )
    .addHelpText(
      'after',
      examples({
        'sampan serve nano': 'the built-in model on http://127.0.0.1:8080',
        'sampan serve deepseek-r1:1.5b --model mine=./model.gguf': 'two models',
        'sampan serve nano --host 0.0.0.0 --api-key me:secret': 'to others, with a key',
      }),
    )
    .action((words: string[], options: ServeOptions) => serve(words, options, terminal));
}

async function serve(words: string[], options: ServeOptions, terminal: Terminal): Promise<void> {
  const { context, parallel, queue, deadline, kvDisk, keepAlive, host, port } = options;
  const loading = {
    ...deviceOptions(options),
    ...(context !== undefined && { contextTokens: context }),
    ...(parallel !== undefined && { maxSequences: parallel }),
    ...(kvDisk !== undefined && { kvDisk: { folder: kvDisk } }),
    maxWaiting: queue,
  };
  const models = servedModels([...words, ...(options.model ?? [])], loading);
  const log = new Log(options.log, options.logLevel, (line) => terminal.stderr.write(line));
  await runServer({
    parts: {
      models: new ModelPool(models, {
        ...(keepAlive !== undefined
          ? { keepAliveMs: keepAlive }
          : models.length === 1 && staysForEver),
      }),
      address: { host, port },
      keys: serveKeys(options, process.env),
      settings: {
        ...defaultSettings,
        version: packageVersion(),
        allowedHosts: options.allowedHost ?? [],
        corsOrigins: options.corsOrigin ?? [],
        ...(deadline !== undefined && { deadlineMs: deadline }),
      },
      log,
      env: process.env,
    },
    terminal,
    findsPort: false,
    onReady({ url }) {
      log.info('listening', { url, models: models.map(({ name }) => name).join(',') });
      terminal.stdout.write(`${url}\n`);
    },
  });
}

const staysForEver = { keepAliveMs: -1 };

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
