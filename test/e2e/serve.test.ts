/** `sampan serve` as a process: what it says, whom it lets in, how it begins and ends. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { runSampan, startSampan } from './run-process.ts';

const listening = /^(http:\S+)\n/m;

function chat(question: string, stream: boolean) {
  const messages = [{ role: 'user', content: question }];
  return JSON.stringify({ model: 'nano', messages, stream, temperature: 0 });
}

test('serves with keys and a log for machines, and lets a stream end before it does', async () => {
  const words = ['serve', 'nano', '--port', '0', '--api-key', 'me:sk-very-secret', '--log', 'json'];
  const serve = startSampan(words);
  const url = listening.exec(await serve.says(listening))?.[1] as string;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}/v1/models`)).status).toBe(401);

  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-very-secret' },
    body: chat('What is 37 * 48?', true),
  });
  serve.kill('SIGTERM');
  const text = await reply.text();
  expect(text.trimEnd()).toMatch(/data: \[DONE\]$/);
  const { code, stdout, stderr } = await serve.finished;
  expect(code).toBe(0);
  expect(stdout).toBe(`${url}\n`);
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ event: 'listening', url, models: 'nano' });
  expect(events).toContainEqual(
    expect.objectContaining({ event: 'request', status: 200, client: 'me', finish: 'stop' }),
  );
  expect(events.slice(-1)).toMatchObject([{ event: 'closed' }]);
  expect(stderr).not.toMatch(/sk-very-secret|37 \* 48/);
});

test.each<[string, string[], number, RegExp]>([
  ['nothing to serve', [], 2, /found none, expected a model/],
  ['open to others without a key', ['nano', '--host', '0.0.0.0'], 2, /--api-key name:key/],
  [
    'a key that is none',
    ['nano', '--api-key', 'a:b speed=3'],
    2,
    /API keys: found a word after it/,
  ],
  ['a model that is not', ['nono'], 2, /nano/],
])('refuses %s', async (_, words, code, said) => {
  const ran = await runSampan(['serve', ...words, '--port', '0']);
  expect(ran).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(said) });
});

test('a port that is taken is said with what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    const ran = await runSampan(['serve', 'nano', '--port', String(port)]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toBe(
      `error: Port ${port} on 127.0.0.1 is taken.\n` +
        `  Stop what listens there, or choose another: --port ${port + 1}\n`,
    );
  } finally {
    other.close();
  }
});
