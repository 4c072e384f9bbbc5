/** GET /sampan/status: what the page shows of the server: device, load, tokens written so far. */
import { z } from 'zod';
import type { EngineStats } from '../../engine/engine-stats.ts';
import { addRoute } from '../add-route.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';

const modelStatus = z.object({
  name: z.string(),
  state: z.enum(['unloaded', 'loading', 'ready', 'unloading']),
  device: z.object({ kind: z.string(), threads: z.int() }).optional(),
  load: z.object({ running: z.int(), waiting: z.int(), kvUsage: z.number() }).optional(),
  /** By replies that have ended, since the server started. */
  generatedTokens: z.int(),
});

const status = z.object({
  version: z.string(),
  phase: z.enum(['starting', 'ready', 'draining']),
  /** What can be asked beyond the APIs' own requests. */
  features: z.array(z.enum(['answer_now'])),
  models: z.array(modelStatus),
});

const controlPath = '/v1/chat/completions/control';

export function registerStatus(app: ServerApp, context: ServerContext): void {
  const { models, settings, state } = context;
  addRoute(
    app,
    { method: 'GET', path: '/sampan/status', summary: 'Device and load', reply: status },
    (c) => {
      const hasControl = app.declared.some(({ path }) => path === controlPath);
      const reply: z.output<typeof status> = {
        version: settings.version,
        phase: state.phase,
        features: hasControl ? ['answer_now'] : [],
        models: models.list().map(({ name, state, info, stats }) => ({
          ...{ name, state, generatedTokens: stats?.counters.generationTokens ?? 0 },
          ...(info && { device: { kind: info.device.kind, threads: info.device.threads } }),
          ...(stats && { load: loadOf(stats) }),
        })),
      };
      return c.json(reply);
    },
  );
}

function loadOf({ running, waiting, kvBlocks }: EngineStats) {
  return { running, waiting, kvUsage: kvBlocks.used / kvBlocks.total };
}
