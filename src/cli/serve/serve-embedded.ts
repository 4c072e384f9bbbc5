/** The built-in model answers one question as a proof of life, then is served until a signal. */
import { ModelPool } from '../../engine/model-pool.ts';
import { ApiKeys } from '../../server/api-keys.ts';
import { Log } from '../../server/log.ts';
import { defaultSettings } from '../../server/settings.ts';
import { loadOptions } from '../answer-options.ts';
import { ask, builtInQuestions, type Conversation } from '../converse.ts';
import { showLoading } from '../open-model.ts';
import { packageVersion } from '../package-version.ts';
import { printEvent } from '../print-events.ts';
import { interruptible, paint } from '../terminal.ts';
import { defaultQueue, runServer } from './run-server.ts';

const address = { host: '127.0.0.1', port: 8080 };

export async function serveEmbedded(conversation: Omit<Conversation, 'questions'>): Promise<void> {
  const { model: name, options, terminal } = conversation;
  const { stdout } = terminal;
  const loading = { ...loadOptions(options), maxWaiting: defaultQueue };
  const models = new ModelPool([{ name, options: loading }], { keepAliveMs: -1 });
  try {
    await interruptible(terminal, async (signal) => {
      using lease = await showLoading(
        terminal,
        (onProgress) => models.lease(name, { signal, onProgress }),
        ({ model }) => model.info,
      );
      conversation.onLoaded?.(lease.model);
      const questions = builtInQuestions.slice(0, 1);
      await ask(lease.model, { ...conversation, questions, showsQuestions: true }, signal);
    });
    await runServer({
      parts: {
        ...{ models, address, keys: new ApiKeys([], '') },
        settings: { ...defaultSettings, version: packageVersion() },
        log: new Log(options.json ? 'json' : 'text', 'warn', (line) => terminal.stderr.write(line)),
        env: process.env,
      },
      terminal,
      findsPort: true,
      onReady({ url, port }) {
        if (options.json) return printEvent({ type: 'listening', url }, terminal);
        if (port !== address.port) stdout.write(`Port ${address.port} is taken, so another one:\n`);
        stdout.write(
          `${paint(stdout, 'bold', url)} has a page to chat, and the APIs of OpenAI, DeepSeek, ` +
            'Anthropic and Ollama. Ctrl-C ends it.\n',
        );
      },
    });
  } finally {
    await models.close();
  }
}
