/** A server on a socket with the built-in model, and what tests ask of it. */

import type { LoadOptions } from '../../src/engine/load.ts';
import { ModelPool } from '../../src/engine/model-pool.ts';
import { ApiKeys } from '../../src/server/api-keys.ts';
import { Log } from '../../src/server/log.ts';
import { defaultSettings } from '../../src/server/settings.ts';
import { startServer } from '../../src/server/start-server.ts';

export interface OpenServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly models: ModelPool;
  readonly logLines: string[];
}

export async function openServer(options: LoadOptions = {}): Promise<OpenServer> {
  const models = new ModelPool([{ name: 'nano', options }], { keepAliveMs: -1 });
  const logLines: string[] = [];
  const server = await startServer({
    ...{ models, keys: new ApiKeys([], ''), env: {} },
    address: { host: '127.0.0.1', port: 0 },
    settings: { ...defaultSettings, version: '0.0.0' },
    log: new Log('json', 'warn', (line) => logLines.push(line)),
  });
  (await models.lease('nano'))[Symbol.dispose]();
  server.ready();
  const { url, port } = server;
  return { url, port, models, logLines, [Symbol.asyncDispose]: () => server.close(0) };
}

export interface ChatAsk {
  readonly question: string;
  readonly maxTokens?: number;
}

/** A reply at temperature 0: thinking and answer as one text. */
export async function greedyReply(
  url: string,
  { question, maxTokens = 200 }: ChatAsk,
): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [{ role: 'user', content: question }],
      ...{ model: 'nano', temperature: 0, max_tokens: maxTokens },
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  const [{ message }] = JSON.parse(text).choices;
  return `${message.reasoning_content ?? ''}\n---\n${message.content ?? ''}`;
}
