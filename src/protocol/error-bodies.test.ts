import { expect, test } from 'vitest';
import { type ApiKind, apiOfPath } from './api-kind.ts';
import { wireError } from './error-bodies.ts';

const invalid = { status: 400, code: 'request_invalid', message: 'No.', param: 'top_p' };

test.each<[string, ApiKind]>([
  ['/v1/chat/completions', 'openai'],
  ['/v1/messages', 'anthropic'],
  ['/v1/messages/count_tokens', 'anthropic'],
  ['/v1/messagesX', 'openai'],
  ['/anthropic/v1/messages', 'anthropic'],
  ['/api/chat', 'ollama'],
  ['/beta/completions', 'deepseek'],
  ['/chat/completions', 'deepseek'],
  ['/', 'openai'],
])('%s belongs to %s', (path, api) => expect(apiOfPath(path)).toBe(api));

test('OpenAI', () => {
  expect(wireError('openai', invalid, 'r1')).toEqual({
    status: 400,
    body: {
      error: {
        message: 'No.',
        type: 'invalid_request_error',
        param: 'top_p',
        code: 'request_invalid',
      },
    },
  });
  const typeOf = (status: number) =>
    (wireError('openai', { status, code: 'x', message: '' }, '').body as { error: object }).error;
  expect(typeOf(429)).toMatchObject({ type: 'rate_limit_error', param: null });
  expect(typeOf(500)).toMatchObject({ type: 'server_error' });
  expect(typeOf(401)).toMatchObject({ type: 'invalid_request_error' });
});

test('DeepSeek: a wrong value is 422, a body that is no JSON 400', () => {
  expect(wireError('deepseek', invalid, '').status).toBe(422);
  expect(wireError('deepseek', { ...invalid, code: 'request_not_json' }, '').status).toBe(400);
  expect(wireError('deepseek', { status: 401, code: 'x', message: '' }, '').body).toMatchObject({
    error: { type: 'authentication_error' },
  });
});

test('Anthropic names the request; a full queue is its overload', () => {
  expect(wireError('anthropic', invalid, 'r1')).toEqual({
    status: 400,
    body: {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'No.' },
      request_id: 'r1',
    },
  });
  const full = { status: 429, code: 'queue_full', message: '' };
  expect(wireError('anthropic', full, '')).toMatchObject({
    status: 529,
    body: { error: { type: 'overloaded_error' } },
  });
});

test('Ollama', () => {
  expect(wireError('ollama', invalid, '')).toEqual({ status: 400, body: { error: 'No.' } });
});
