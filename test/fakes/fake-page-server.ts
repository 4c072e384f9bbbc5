/**
 * The server as the chat page sees it: the real app, its page, its policy and its status, with a
 * chat completions that are what the test has them be, at the pace that the test sets.
 */
import { createApp } from '../../src/server/app.ts';
import { type Listening, listen } from '../../src/server/listen.ts';
import type { ServerEnv } from '../../src/server/server-context.ts';
import { fakeServerContext } from './fake-server-context.ts';

export type Step =
  | { readonly reasoning: string }
  | { readonly text: string }
  /** Waits for so long, or until the client leaves. */
  | { readonly pauseMs: number }
  /** The connection breaks. */
  | { readonly cut: true }
  | { readonly status: number; readonly error: object };

export interface FakePageServer {
  readonly url: string;
  /** What the next questions are answered with; each test sets it. */
  script: readonly Step[];
  /** Bodies of the chat requests that came. */
  readonly asked: ChatBody[];
  /** Chat requests whose client left before the end. */
  numLeft: number;
  /** Ends the pause of the reply that runs. */
  goOn(): void;
  /** Bodies of requests to /v1/chat/completions/control; each does so too. */
  readonly controls: unknown[];
  stop(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
}

export interface ChatBody {
  readonly model?: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly [field: string]: unknown;
}

const info = { device: { kind: 'native', threads: 2 } };

export async function fakePageServer(keys: string[] = []): Promise<FakePageServer> {
  const models = { nano: { info } as never, 'deepseek-r1:8b': { info } as never };
  const app = createApp(fakeServerContext(models, { keys }));
  let listening: Listening;
  const server: FakePageServer = {
    url: '',
    script: [],
    asked: [],
    numLeft: 0,
    goOn: () => {},
    controls: [],
    stop: async () => void (await listening.close(0)),
    async start() {
      listening = await listen({ fetch }, { host: '127.0.0.1', port: listening.port });
    },
  };
  const fetch: typeof app.fetch = async (request, env, ...rest) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/v1/chat/completions/control') {
      server.controls.push(await request.json());
      server.goOn();
      return Response.json({});
    }
    if (pathname !== '/v1/chat/completions') return app.fetch(request, env, ...rest);
    server.asked.push((await request.json()) as ChatBody);
    const [first] = server.script;
    if (first !== undefined && 'status' in first) {
      return Response.json({ error: first.error }, { status: first.status });
    }
    const cut = () => (env as ServerEnv['Bindings']).outgoing?.destroy();
    const pause = (ms: number) =>
      new Promise<void>((resolve) => {
        server.goOn = resolve;
        setTimeout(resolve, ms).unref();
        request.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    return new Response(stream(server, { pause, cut }), {
      headers: { 'content-type': 'text/event-stream' },
    });
  };
  listening = await listen({ fetch }, { host: '127.0.0.1', port: 0 });
  return Object.assign(server, { url: listening.url });
}

interface Wire {
  pause(ms: number): Promise<void>;
  cut(): void;
}

function stream(server: FakePageServer, { pause, cut }: Wire) {
  const { script } = server;
  const encoder = new TextEncoder();
  let isOpen = true;
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      const put = (text: string) => isOpen && controller.enqueue(encoder.encode(text));
      const chunk = (choice: object | undefined, rest: object = {}) =>
        put(
          `data: ${JSON.stringify({ id: 'chatcmpl-1', choices: choice ? [choice] : [], ...rest })}\n\n`,
        );
      let [reasoning, tokens] = [0, 0];
      chunk({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null });
      for (const step of script) {
        if (!isOpen) return;
        if ('pauseMs' in step) {
          put(': keep-alive\n\n');
          await pause(step.pauseMs);
        } else if ('cut' in step) {
          isOpen = false;
          return cut();
        } else if ('reasoning' in step) {
          [reasoning, tokens] = [reasoning + 1, tokens + 1];
          chunk({ index: 0, delta: { reasoning_content: step.reasoning }, finish_reason: null });
        } else if ('text' in step) {
          tokens++;
          chunk({ index: 0, delta: { content: step.text }, finish_reason: null });
        }
      }
      chunk({ index: 0, delta: {}, finish_reason: 'stop' });
      const usage = {
        prompt_tokens: 12,
        completion_tokens: tokens + 1,
        completion_tokens_details: { reasoning_tokens: reasoning },
      };
      chunk(undefined, { usage });
      put('data: [DONE]\n\n');
      if (isOpen) controller.close();
    },
    cancel() {
      isOpen = false;
      server.numLeft++;
    },
  });
}

/** Pieces of a text as a model would send them: a word each, with a little time between. */
export function words(kind: 'reasoning' | 'text', text: string, pauseMs = 0): Step[] {
  const pieces = text.match(/\s*\S+/g) ?? [];
  return pieces.flatMap((piece) => {
    const step = kind === 'text' ? { text: piece } : { reasoning: piece };
    return pauseMs > 0 ? [step, { pauseMs }] : [step];
  });
}
