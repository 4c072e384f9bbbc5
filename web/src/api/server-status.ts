/**
 * GET /v1/models and GET /sampan/status: what may be asked, and how the server is doing. Another
 * server that speaks the API but has no status still serves the page; the figures are left out.
 */
import { ServerProblem } from './problem.ts';
import { type ServerAccess, send } from './server-access.ts';

/** As src/server/routes/status.ts writes it. */
export interface ServerStatus {
  readonly version: string;
  readonly phase: 'starting' | 'ready' | 'draining';
  /** Requests of the page that this server understands beyond the API, such as `answer_now`. */
  readonly features: readonly string[];
  readonly models: readonly ModelStatus[];
}

export interface ModelStatus {
  readonly name: string;
  readonly state: string;
  readonly device?: { readonly kind: string; readonly threads: number };
  readonly load?: {
    readonly running: number;
    readonly waiting: number;
    /** 0 … 1 */
    readonly kvUsage: number;
  };
  /** By replies that have ended, since the server started. */
  readonly generatedTokens: number;
}

const patienceMs = 8000;

export async function listModels(access: ServerAccess): Promise<string[]> {
  const response = await send(access, 'v1/models', { signal: AbortSignal.timeout(patienceMs) });
  const { data } = (await response.json()) as { data?: { id?: unknown }[] };
  return (data ?? []).map(({ id }) => id).filter((id) => typeof id === 'string');
}

/** undefined where the server has no such route. */
export async function readStatus(access: ServerAccess): Promise<ServerStatus | undefined> {
  try {
    const response = await send(access, 'sampan/status', {
      signal: AbortSignal.timeout(patienceMs),
    });
    return (await response.json()) as ServerStatus;
  } catch (cause) {
    if (cause instanceof ServerProblem && cause.problem.kind === 'refused') return undefined;
    throw cause;
  }
}

/** Asks the server to end the thinking of a running answer and to begin the answer itself. */
export async function answerNow(access: ServerAccess, id: string): Promise<void> {
  await send(access, 'v1/chat/completions/control', { body: { id, action: 'reasoning_end' } });
}
