/** A real server on loopback with the embedded model, for tests with the APIs' own clients. */
import { ModelPool } from '../../../src/engine/model-pool.ts';
import { ApiKeys } from '../../../src/server/api-keys.ts';
import { Log } from '../../../src/server/log.ts';
import { defaultSettings, type ServerSettings } from '../../../src/server/settings.ts';
import { startServer } from '../../../src/server/start-server.ts';

export interface NanoServer {
  readonly url: string;
  readonly models: ModelPool;
  /** Requests that the engine still has, and how much of the cache they hold. */
  load(): { readonly running: number; readonly waiting: number; readonly kvUsage: number };
  close(): Promise<void>;
}

export async function openNanoServer(
  settings: Partial<ServerSettings> = {},
  apiKeys: readonly string[] = [],
  contextTokens = 512,
): Promise<NanoServer> {
  const options = {
    contextTokens,

    kvBytes: 8 * 2 ** 20,
    maxSequences: 8,
    threads: 2,
  };
  const models = new ModelPool([{ name: 'nano', options }], { keepAliveMs: -1 });
  const server = await startServer({
    ...{
      models,
      address: { host: '127.0.0.1', port: 0 },
      keys: new ApiKeys(apiKeys, 'the test'),
      env: {},
    },
    settings: { ...defaultSettings, version: '0.0.0', ...settings },
    log: new Log('json', 'error', () => {}),
  });
  server.ready();
  return {
    ...{ url: server.url, models, close: () => server.close(1000) },
    load() {
      const { stats } = models.list()[0];
      if (stats === undefined) throw new Error('the model is not loaded');
      const { running, waiting, kvBlocks } = stats;
      return { running, waiting, kvUsage: kvBlocks.used / kvBlocks.total };
    },
  };
}
