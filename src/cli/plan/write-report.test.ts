import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeReport } from './write-report.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (...names: string[]) => path.join(folder, ...names);
const report = (text: string) => `<!doctype html>
<html>${text}</html>
`;
const written = (text: string) =>
  `<!doctype html>
<!-- made by sampan plan -->
<html>${text}</html>
`;

test('a report is written, and replaces an older one; nothing else stays behind', () => {
  const file = inFolder('plan.html');
  writeReport(file, report('first'));
  writeReport(file, report('second'));
  expect(readFileSync(file, 'utf8')).toBe(written('second'));
  expect(readdirSync(folder)).toEqual(['plan.html']);
});

test('an empty file, as a program makes one to hold a name, is replaced', () => {
  const file = inFolder('held.html');
  writeFileSync(file, '');
  writeReport(file, report('x'));
  expect(readFileSync(file, 'utf8')).toContain('x');
});

test('a file that is no report is left as it is', () => {
  const file = inFolder('notes.html');
  writeFileSync(file, '<p>my notes</p>');
  expect(() => writeReport(file, report('x'))).toThrow(
    `Cannot write ${file}: it exists and is no report of this command, so it is left as it is.`,
  );
  expect(readFileSync(file, 'utf8')).toBe('<p>my notes</p>');
});

test('a folder that is not there, a file in its place, and a folder in the file’s are said', () => {
  writeFileSync(inFolder('plain'), 'x');
  mkdirSync(inFolder('sub.html'));
  const refusal = (...names: string[]) => {
    try {
      writeReport(inFolder(...names), report('x'));
    } catch (cause) {
      return (cause as Error).message.slice(`Cannot write ${inFolder(...names)}: `.length);
    }
    throw new Error('was written');
  };
  expect(refusal('missing', 'plan.html')).toBe('its folder does not exist.');
  expect(refusal('plain', 'plan.html')).toBe('its folder is a file.');
  expect(refusal('sub.html')).toBe('it is a folder.');
});

test.skipIf(process.platform === 'win32')('a pipe is given the report, and stays a pipe', () => {
  const pipe = inFolder('pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    writeReport(pipe, report('x'));
    const bytes = Buffer.alloc(1000);
    expect(bytes.toString('utf8', 0, readSync(reader, bytes))).toBe(written('x'));
    expect(statSync(pipe).isFIFO()).toBe(true);
  } finally {
    closeSync(reader);
  }
});

test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
  'a folder in which nothing may be written is said, and nothing stays behind',
  () => {
    const closed = inFolder('closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(() => writeReport(path.join(closed, 'plan.html'), report('x'))).toThrow(
      'it may not be written',
    );
    expect(readdirSync(closed)).toEqual([]);
  },
);

test('what is no page is never written as one', () => {
  expect(() => writeReport(inFolder('bug.html'), 'no page')).toThrow('a report without a doctype');
  expect(readdirSync(folder)).not.toContain('bug.html');
});
