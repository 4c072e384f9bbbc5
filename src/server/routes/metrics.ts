/** GET /metrics, in Prometheus' text format. */
import { z } from 'zod';
import { addRoute } from '../add-route.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';

export function registerMetrics(app: ServerApp, { metrics }: ServerContext): void {
  const { registry } = metrics;
  addRoute(
    app,
    { method: 'GET', path: '/metrics', summary: 'Metrics for Prometheus', reply: z.string() },
    async (c) => c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  );
}
