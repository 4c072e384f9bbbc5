/**
 * GET and HEAD / for clients of Ollama, which look there whether it runs, and for its words. A
 * browser asks for HTML and gets the page.
 */
import type { ServerApp } from '../server-context.ts';

export function registerLiveness(app: ServerApp): void {
  app.publicPaths.push('/');
  app.get('/', async (c, next) => {
    if (c.req.header('accept')?.includes('text/html')) return next();
    c.set('route', '/');
    return c.text('Ollama is running');
  });
}
