/**
 * A server from what it was told: refuses to be open to others without a key, listens, and on the
 * way out lets requests end before it closes the models.
 */
import { error } from '../base/errors.ts';
import type { ModelPool } from '../engine/model-pool.ts';
import type { ApiKeys } from './api-keys.ts';
import { createApp } from './app.ts';
import { hostNameOf, isLoopback } from './host-names.ts';
import { type Address, type Listening, listen } from './listen.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import type { ServerContext } from './server-context.ts';
import { ServerState } from './server-state.ts';
import type { ServerSettings } from './settings.ts';
import { tracesFrom } from './traces-from.ts';

export interface ServerParts {
  /** Closed with the server. */
  readonly models: ModelPool;
  readonly address: Address;
  readonly keys: ApiKeys;
  readonly settings: ServerSettings;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Requests are taken from now on. */
  ready(): void;
  /** Lets requests end, for as long as `deadlineMs`; then cuts them, and closes everything. */
  close(deadlineMs: number): Promise<void>;
}

export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { models, address, keys, log, env } = parts;
  const host = hostNameOf(address.host);
  if (!isLoopback(host) && keys.size === 0) throw error('bind_without_key', { host });
  const settings = withHost(parts.settings, host);
  const metrics = new Metrics();
  metrics.watch(() => models.list(), settings.version);
  const state = new ServerState();
  const traces = tracesFrom(env, settings.version, (count, reason) => {
    metrics.onSpansDropped(count);
    log.warn('spans dropped', { count, reason });
  });
  const context: ServerContext = { models, settings, metrics, log, state, keys, ...traces };
  const listening = await listen(createApp(context), address);
  return {
    url: listening.url,
    port: listening.port,
    ready() {
      state.phase = 'ready';
    },
    close: (deadlineMs) => close(context, listening, models, deadlineMs),
  };
}

async function close(
  { state, log, traces }: ServerContext,
  listening: Listening,
  models: ModelPool,
  deadlineMs: number,
): Promise<void> {
  state.phase = 'draining';
  log.info('draining');
  const how = await listening.close(deadlineMs);
  if (how === 'cut') log.warn('requests were cut', { deadlineMs });
  state.stop(error('server_draining', { retryAfterSeconds: 5 }));
  await models.close();
  await traces?.flush();
  log.info('closed');
}

/** The name it was bound to is one of its own. */
function withHost(settings: ServerSettings, host: string): ServerSettings {
  return { ...settings, allowedHosts: [...settings.allowedHosts, host] };
}
