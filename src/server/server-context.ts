/** What every route and middleware is given, and what is known of a request on its way. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { ModelPool as EnginePool } from '../engine/model-pool.ts';
import type { ApiKind } from '../protocol/api-kind.ts';
import type { RouteDeclaration } from './add-route.ts';
import type { ApiKey, ApiKeys } from './api-keys.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { RequestRecord } from './request-record.ts';
import type { ServerState } from './server-state.ts';
import type { ServerSettings } from './settings.ts';
import type { Traces } from './traces.ts';

export interface ServerContext {
  readonly models: ModelPool;
  readonly settings: ServerSettings;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly state: ServerState;
  readonly keys: ApiKeys;
  /** Where a collector was named. */
  readonly traces?: Traces;
}

/** The part of the engine's pool that routes use. */
export type ModelPool = Pick<EnginePool, 'list' | 'lease' | 'unload' | 'add'>;

export interface ServerEnv {
  /** Node's own request and reply. Where no socket is, as in tests, c.env itself is undefined. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    requestId: string;
    api: ApiKind;
    /** The key that was shown; undefined where the server has none. */
    apiKey: ApiKey | undefined;
    /** Whom the request is for: engines are fair between clients. */
    client: string;
    record: RequestRecord;
    /** The declared path; undefined where none was found. */
    route: string | undefined;
    /** Aborts when the client leaves, and when the server stops waiting for requests to end. */
    signal: AbortSignal;
  };
}

export type ServerRequest = Context<ServerEnv>;

export type ServerApp = Hono<ServerEnv> & {
  /** In order of registration; /openapi.json and 405 are made of them. */
  readonly declared: RouteDeclaration[];
  /** GET without a key: exact, or everything below where it ends with /*. */
  readonly publicPaths: string[];
  readonly settings: ServerSettings;
};
