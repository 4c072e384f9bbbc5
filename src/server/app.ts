/**
 * The server as one function from Request to Response: what every request passes, in order, then
 * the routes. No socket here; listen.ts has it.
 */
import { Hono } from 'hono';
import { failed, notFound } from './failed.ts';
import { authentication } from './middleware/authentication.ts';
import { availability } from './middleware/availability.ts';
import { hostCheck } from './middleware/host-check.ts';
import { observation } from './middleware/observation.ts';
import { originCheck } from './middleware/origin-check.ts';
import { rateLimit } from './middleware/rate-limit.ts';
import { requestId } from './middleware/request-id.ts';
import { requestSignal } from './middleware/request-signal.ts';
import { registerPage } from './page.ts';
import { registerChatCompletions } from './routes/chat-completions.ts';
import { registerCompletions } from './routes/completions.ts';
import { registerEmbeddings } from './routes/embeddings.ts';
import { registerHealth } from './routes/health.ts';
import { registerLiveness } from './routes/liveness.ts';
import { registerMessages } from './routes/messages.ts';
import { registerMetrics } from './routes/metrics.ts';
import { registerModels } from './routes/models.ts';
import { registerOllamaChat } from './routes/ollama-chat.ts';
import { registerOllamaEmbed } from './routes/ollama-embed.ts';
import { registerOllamaGenerate } from './routes/ollama-generate.ts';
import { registerOllamaModels } from './routes/ollama-models.ts';
import { registerOllamaPull } from './routes/ollama-pull.ts';
import { registerOllamaRefused } from './routes/ollama-refused.ts';
import { registerOpenapi } from './routes/openapi.ts';
import { registerResponses } from './routes/responses.ts';
import { registerStatus } from './routes/status.ts';
import type { ServerApp, ServerContext, ServerEnv } from './server-context.ts';

export function createApp(context: ServerContext): ServerApp {
  const { settings, state, keys } = context;
  const parts = { declared: [], publicPaths: [], settings };
  const app: ServerApp = Object.assign(new Hono<ServerEnv>(), parts);
  app.notFound((c) => notFound(app, c, context));
  app.onError((cause, c) => failed(c, context, cause));

  app.use(requestId);
  app.use(requestSignal(state));
  app.use(observation(context));
  app.use(hostCheck(settings.allowedHosts));
  app.use(originCheck(settings.corsOrigins));
  app.use(authentication(keys, app));
  app.use(availability(state));
  app.use(rateLimit());

  registerHealth(app, context);
  registerMetrics(app, context);
  registerOpenapi(app, context);
  registerModels(app, context);
  registerChatCompletions(app, context);
  registerCompletions(app, context);
  registerEmbeddings(app, context);
  registerResponses(app, context);
  registerMessages(app, context);
  registerOllamaChat(app, context);
  registerOllamaGenerate(app, context);
  registerOllamaEmbed(app, context);
  registerOllamaModels(app, context);
  registerOllamaPull(app, context);
  registerOllamaRefused(app);
  registerLiveness(app);
  registerStatus(app, context);
  registerPage(app, context);
  return app;
}
