import { expect, test } from 'vitest';
import { FakeTerminal } from '../../test/fakes/fake-terminal.ts';
import { progressBar } from './progress.ts';

test('fills with what is done, and leaves no trace', () => {
  const terminal = new FakeTerminal();
  const bar = progressBar(terminal, 'Loading');
  bar.update(50, 100);
  bar.update(100, 100);
  bar.end();
  expect(terminal.shown).toContain(`Loading ${'█'.repeat(12)}${'░'.repeat(12)} 50 %`);
  expect(terminal.shown).toContain(`Loading ${'█'.repeat(24)} 100 %`);
  expect(terminal.written.stderr.endsWith('\r\x1b[K')).toBe(true);
  expect(terminal.written.stdout).toBe('');
});

test('shows the label alone where the total is not known', () => {
  const terminal = new FakeTerminal();
  progressBar(terminal, 'Loading').update(undefined, 100);
  expect(terminal.shown).toBe('\rLoading …');
});

test('is silent where nobody watches', () => {
  const terminal = new FakeTerminal({ isTTY: false });
  const bar = progressBar(terminal, 'Loading');
  bar.update(1, 1);
  bar.end();
  expect(terminal.written).toEqual({ stdout: '', stderr: '' });
});

test('draws at most every 50 ms, but always its end', () => {
  const terminal = new FakeTerminal();
  const bar = progressBar(terminal, 'Loading');
  for (let done = 0; done <= 1000; done++) bar.update(done, 1000);
  expect(terminal.shown.match(/Loading/g)?.length).toBeLessThan(10);
  expect(terminal.shown).toContain('100 %');
});
