/** A server's context without socket or weights: models by name, a log that is kept. */
import type { LoadedModel } from '../../src/engine/loaded-model.ts';
import { ApiKeys } from '../../src/server/api-keys.ts';
import { Log } from '../../src/server/log.ts';
import { Metrics } from '../../src/server/metrics.ts';
import type { ModelPool, ServerContext } from '../../src/server/server-context.ts';
import { ServerState } from '../../src/server/server-state.ts';
import { defaultSettings, type ServerSettings } from '../../src/server/settings.ts';

export interface FakeServerContext extends ServerContext {
  readonly logLines: string[];
  /** Models that are held now. */
  numLeases(): number;
}

export function fakeServerContext(
  models: Readonly<Record<string, LoadedModel>>,
  { keys: keyLines = [], ...settings }: Partial<ServerSettings> & { keys?: string[] } = {},
): FakeServerContext {
  const logLines: string[] = [];
  let numLeases = 0;
  const names = Object.keys(models);
  const pool: ModelPool = {
    list: () =>
      names.map((name) => ({
        ...{ name, source: name, state: 'ready', numUsers: 0, info: models[name].info },
      })),
    async lease(name = names[0], { signal } = {}) {
      signal?.throwIfAborted();
      const model = models[name];
      if (model === undefined) throw new Error(`the test serves no ${name}`);
      numLeases++;
      return { name, model, [Symbol.dispose]: () => void numLeases-- };
    },
    unload: async () => {},
    add: () => {},
  };
  const state = new ServerState();
  state.phase = 'ready';
  return {
    models: pool,
    settings: { ...defaultSettings, version: '0.0.0', ...settings },
    metrics: new Metrics(),
    log: new Log('json', 'debug', (line) => logLines.push(line)),
    state,
    keys: new ApiKeys(keyLines, 'the test'),
    logLines,
    numLeases: () => numLeases,
  };
}
