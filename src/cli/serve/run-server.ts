/**
 * What `serve` and `start` have in common: listens first, so that a port that is taken is said
 * before a large model is loaded, then loads the first model, then takes requests until a signal.
 */
import { SampanError } from '../../base/errors.ts';
import type { ModelPool } from '../../engine/model-pool.ts';
import type { RunningServer, ServerParts } from '../../server/start-server.ts';
import { showLoading } from '../open-model.ts';
import { interruptible, type Terminal } from '../terminal.ts';
import { untilStopped } from './until-stopped.ts';

/** How long requests may go on after the first signal. */
const drainMs = 30_000;
/** Ports tried after one that is taken. */
const maxPortsTried = 20;

/** Requests that may wait for their turn: seconds' worth of work, and not a memory without end. */
export const defaultQueue = 256;

export interface ServerRun {
  readonly parts: ServerParts;
  readonly terminal: Terminal;
  /** Takes the next free port where the one named is taken. */
  readonly findsPort: boolean;
  onReady(server: RunningServer): void;
}

export async function runServer({ parts, terminal, findsPort, onReady }: ServerRun): Promise<void> {
  const server = await started(parts, findsPort ? maxPortsTried : 1);
  try {
    await preload(parts.models, terminal);
  } catch (cause) {
    await server.close(0);
    throw cause;
  }
  await untilStopped(terminal, {
    begin() {
      server.ready();
      onReady(server);
    },
    end: () => server.close(drainMs),
  });
}

/** Errors of the first model are those of the command, and its first request need not wait. */
export async function preload(models: ModelPool, terminal: Terminal): Promise<void> {
  await interruptible(terminal, async (signal) => {
    using _lease = await showLoading(
      terminal,
      (onProgress) => models.lease(undefined, { signal, onProgress }),
      ({ model }) => model.info,
    );
  });
}

/** The server's own libraries are loaded here: no other command waits for them. */
async function started(parts: ServerParts, tries: number): Promise<RunningServer> {
  const { startServer } = await import('../../server/start-server.ts');
  const { host, port } = parts.address;
  for (let i = 0; ; i++) {
    try {
      return await startServer({ ...parts, address: { host, port: port + i } });
    } catch (cause) {
      const isTaken = cause instanceof SampanError && cause.code === 'port_taken';
      if (!isTaken || i + 1 >= tries) throw cause;
    }
  }
}
