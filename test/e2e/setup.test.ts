/**
 * scripts/with-setup.mjs in a repository of its own, whose one package is a stand-in for `node`:
 * it sets up once, notices what changed or broke, and passes words, exit codes and signals on.
 */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root, runProcess } from './run-process.ts';

let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);
const lock = () => at('.setup-lock');
const stamp = () => at('node_modules', '.sampan-setup');

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-setup-'));
  mkdirSync(at('scripts'));
  cpSync(path.join(root, 'scripts', 'with-setup.mjs'), at('scripts', 'with-setup.mjs'));
  mkdirSync(at('stand-in', 'bin'), { recursive: true });
  writeJson('stand-in/package.json', { name: 'node', version: '24.0.0' });
  // Says that it is the pinned one, then is the Node that runs the tests.
  const script = `#!/bin/sh\nPINNED_NODE=yes exec "${process.execPath}" "$@"\n`;
  writeFileSync(at('stand-in', 'bin', 'node'), script);
  chmodSync(at('stand-in', 'bin', 'node'), 0o755);
  writeJson('package.json', {
    name: 'a-repository',
    version: '1.0.0',
    devDependencies: { node: 'file:stand-in' },
  });
  writeJson('package-lock.json', {
    name: 'a-repository',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'a-repository', version: '1.0.0', devDependencies: { node: 'file:stand-in' } },
      'node_modules/node': { resolved: 'stand-in', link: true },
      'stand-in': { name: 'node', version: '24.0.0', dev: true },
    },
  });
  writeFileSync(
    at('show.mjs'),
    `console.log(JSON.stringify([process.env.PINNED_NODE, ...process.argv.slice(2)]));
     process.exitCode = Number(process.argv[2] ?? 0);`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function withSetup(...words: string[]) {
  return runProcess(process.execPath, [at('scripts', 'with-setup.mjs'), ...words], { cwd: folder });
}

function writeJson(name: string, value: object): void {
  writeFileSync(at(name), JSON.stringify(value, null, 2));
}

test('sets up once, then runs the command with the pinned Node, its words and its exit code', async () => {
  const first = await withSetup('node', 'show.mjs', '3', 'What is 37 * 48?', '--json');
  expect(first.stderr).toMatch(/^Setting up, once/);
  expect(JSON.parse(first.stdout)).toEqual(['yes', '3', 'What is 37 * 48?', '--json']);
  expect(first.code).toBe(3);

  const second = await withSetup('node', 'show.mjs');
  expect(second).toMatchObject({ stderr: '', code: 0 });
});

test('a setup that was killed is done again', async () => {
  await withSetup('node', 'show.mjs');
  rmSync(stamp());
  rmSync(at('node_modules', '.package-lock.json'));
  const again = await withSetup('node', 'show.mjs');
  expect(again.stderr).toMatch(/^Setting up/);
  expect(again.code).toBe(0);
});

test('a lock file that changed is installed', async () => {
  await withSetup('node', 'show.mjs');
  const lock = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  lock.packages['node_modules/other'] = { resolved: 'other', link: true };
  lock.packages.other = { name: 'other', version: '1.0.0', dev: true };
  lock.packages[''].devDependencies.other = 'file:other';
  writeJson('package-lock.json', lock);
  const dependencies = { node: 'file:stand-in', other: 'file:other' };
  writeJson('package.json', {
    name: 'a-repository',
    version: '1.0.0',
    devDependencies: dependencies,
  });
  mkdirSync(at('other'));
  writeJson('other/package.json', { name: 'other', version: '1.0.0' });

  const again = await withSetup('node', 'show.mjs');
  expect(again.stderr).toMatch(/^Setting up/);
  expect(existsSync(at('node_modules', 'other'))).toBe(true);
});

test('what a plain `npm install` made is taken as it is', async () => {
  await withSetup('node', 'show.mjs');
  rmSync(stamp());
  const adopted = await withSetup('node', 'show.mjs');
  expect(adopted).toMatchObject({ stderr: '', code: 0 });
  expect(existsSync(stamp())).toBe(true);
});

test('two at once: one sets up, the other waits for it', async () => {
  const both = await Promise.all([1, 2].map(() => withSetup('node', 'show.mjs')));
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const said = both.map(({ stderr }) => stderr).sort();
  expect(said[0]).toMatch(/^Another setup runs here/);
  expect(said[0]).not.toContain('Setting up');
  expect(said[1]).toMatch(/^Setting up/);
  expect(existsSync(lock())).toBe(false);
});

test('a lock whose holder is dead is taken', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => dead.on('close', resolve));
  writeFileSync(lock(), String(dead.pid));
  expect((await withSetup('node', 'show.mjs')).code).toBe(0);
});

test('a setup that fails shows what npm said and what to do, and leaves no stamp', async () => {
  const packages = { '': { name: 'a-repository' } };
  writeJson('package-lock.json', { name: 'a-repository', lockfileVersion: 3, packages });
  const failed = await withSetup('node', 'show.mjs');
  expect(failed.stderr).toContain('npm error');
  expect(failed.stderr).toMatch(/error: npm ci failed .*run the same command again/);
  expect(failed).toMatchObject({ stdout: '', code: 1 });
  expect([existsSync(stamp()), existsSync(lock())]).toEqual([false, false]);
});

test('an interrupted setup ends at once with all that it started, and the next one repairs', async () => {
  // npm runs this while it installs; left alone it takes a minute.
  const slow = { name: 'node', version: '24.0.0', scripts: { install: 'touch started; sleep 60' } };
  writeJson('stand-in/package.json', slow);
  const startedAt = performance.now();
  const setup = spawn(process.execPath, [at('scripts', 'with-setup.mjs'), 'node', 'show.mjs']);
  while (!existsSync(at('stand-in', 'started'))) {
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  setup.kill('SIGINT');
  const interruptedAt = performance.now();
  const signal = await new Promise((resolve) => setup.on('close', (_, signal) => resolve(signal)));
  expect(signal).toBe('SIGINT');
  expect(performance.now() - interruptedAt).toBeLessThan(10_000);
  expect(existsSync(stamp())).toBe(false);

  writeJson('stand-in/package.json', { name: 'node', version: '24.0.0' });
  expect((await withSetup('node', 'show.mjs')).code).toBe(0);
});

test('an interrupt reaches the command, and its exit code comes back', async () => {
  await withSetup('node', 'show.mjs');
  writeFileSync(
    at('wait.mjs'),
    `process.on('SIGINT', () => process.exit(130)); setInterval(() => {}, 1000);
     console.log('waiting');`,
  );
  const interrupted = await runProcess(
    process.execPath,
    [at('scripts', 'with-setup.mjs'), 'node', 'wait.mjs'],
    { cwd: folder, interruptAfter: /waiting/ },
  );
  expect(interrupted).toMatchObject({ code: 130, signal: null });
});

test('a signal that ends the command ends the setup the same way', async () => {
  await withSetup('node', 'show.mjs');
  writeFileSync(
    at('die.mjs'),
    `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [at('scripts', 'with-setup.mjs'), 'node', 'die.mjs']);
  const signal = await new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
  expect(signal).toBe('SIGTERM');
});

test('when npm’s shell dies of a signal, the command is ended', async () => {
  await withSetup('node', 'show.mjs');
  writeFileSync(
    at('serve.mjs'),
    `import { writeFileSync } from 'node:fs';
     process.on('SIGTERM', () => { writeFileSync('ended', ''); process.exit(0); });
     setInterval(() => {}, 1000);
     writeFileSync('serving', '');`,
  );
  // As npm runs it, with a shell that does not become the command.
  const setup = at('scripts', 'with-setup.mjs');
  const line = `"${process.execPath}" "${setup}" node serve.mjs; exit $?`;
  const shell = spawn('sh', ['-c', line], { cwd: folder });
  await expect.poll(() => existsSync(at('serving')), { timeout: 20_000 }).toBe(true);
  shell.kill('SIGTERM');
  await expect.poll(() => existsSync(at('ended')), { timeout: 10_000 }).toBe(true);
});
