import { expect, test } from 'vitest';
import { Log, type LogFormat, type LogLevel } from './log.ts';

function kept(format: LogFormat, level: LogLevel) {
  const lines: string[] = [];
  return { lines, log: new Log(format, level, (line) => lines.push(line)) };
}

test('JSON: one object a line', () => {
  const { lines, log } = kept('json', 'info');
  log.info('request', { path: '/v1', ms: 3, model: undefined });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0])).toEqual({
    ...{ time: expect.stringMatching(/^\d{4}-.*Z$/), level: 'info', event: 'request' },
    ...{ path: '/v1', ms: 3 },
  });
});

test('text: nothing that came from outside makes a line of its own', () => {
  const { lines, log } = kept('text', 'info');
  log.warn('request', { path: '/a\n12:00 error forged', ok: true });
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} warn {2}request path="\/a\\n12:00 error forged" ok=true\n$/,
  );
});

test('below the level nothing is written', () => {
  const { lines, log } = kept('text', 'warn');
  log.debug('a');
  log.info('b');
  log.error('c');
  expect(lines).toHaveLength(1);
});
