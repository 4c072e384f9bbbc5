/** GET /healthz: the process answers. GET /readyz: it takes requests; 503 while it starts or drains. */
import { z } from 'zod';
import { addRoute } from '../add-route.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';

const health = z.object({ status: z.enum(['ok', 'starting', 'draining']) });

export function registerHealth(app: ServerApp, { state }: ServerContext): void {
  addRoute(
    app,
    { method: 'GET', path: '/healthz', summary: 'Alive?', reply: health, isPublic: true },
    (c) => c.json({ status: 'ok' }),
  );
  addRoute(
    app,
    { method: 'GET', path: '/readyz', summary: 'Ready?', reply: health, isPublic: true },
    (c) =>
      state.phase === 'ready' ? c.json({ status: 'ok' }) : c.json({ status: state.phase }, 503),
  );
}
