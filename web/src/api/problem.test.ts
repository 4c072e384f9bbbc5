import { expect, test } from 'vitest';
import { problemInStream, problemOf } from './problem.ts';

const body = (error: object | string) => JSON.stringify({ error });

test.each([
  [401, body({ code: 'api_key_missing', message: 'No key.' }), 'unauthorized'],
  [403, body({ code: 'host_not_allowed', message: 'Not known as x.' }), 'refused'],
  [404, body({ code: 'model_not_served', message: 'No model x.' }), 'notServed'],
  [400, body({ code: 'context_length_exceeded', message: 'Too long.' }), 'tooLong'],
  [429, body({ type: 'rate_limit_error', message: 'Slow down.' }), 'busy'],
  [503, body({ message: 'Draining.' }), 'busy'],
  [500, body({ message: 'Internal error.' }), 'server'],
  [400, body('plain words'), 'refused'],
])('%i %s is %s', (status, text, kind) => {
  expect(problemOf(status, text)).toMatchObject({ kind, detail: expect.stringMatching(/\w/) });
});

test('a body that is no error of an API says nothing to the reader', () => {
  expect(problemOf(502, '<html>Bad gateway</html>')).toEqual({ kind: 'server' });
  expect(problemOf(400, '')).toEqual({ kind: 'refused' });
  expect(problemOf(400, 'null')).toEqual({ kind: 'refused' });
});

test('a message without end is cut', () => {
  expect(problemOf(400, body({ message: 'x'.repeat(10_000) })).detail).toHaveLength(600);
});

test('an error in the middle of a stream', () => {
  expect(problemInStream({ message: 'The device is gone.' })).toEqual({
    kind: 'server',
    detail: 'The device is gone.',
  });
});
