/**
 * `node scripts/with-setup.mjs <command> [words…]`: makes sure that node_modules is what
 * package-lock.json says, then runs the command with the repository's own Node first in PATH.
 * Plain JavaScript for Node 20: it runs before anything is installed. It needs no network when
 * nothing is to be done. A setup that was killed is done again: the stamp is written last.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const orphanCheckMs = 250;
const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.sampan-setup');
/** Holds the process that sets up: this one, then its npm, which may outlive this one. */
const lockFile = path.join(root, '.setup-lock');
const lockMinutes = 30;
const isWindows = process.platform === 'win32';
const pinnedNode = path.join(modules, 'node', 'bin', isWindows ? 'node.exe' : 'node');

const [command, ...words] = process.argv.slice(2);
if (command === undefined) fail('usage: node scripts/with-setup.mjs <command> [words…]', 2);
if (major(process.versions.node) < 20) {
  fail(`this is Node ${process.versions.node}, the setup needs 20 or newer: https://nodejs.org`);
}

const wanted = fingerprint();
if (!isSetUp()) {
  await takeLock();
  try {
    if (!isSetUp()) await setUp();
  } finally {
    rmSync(lockFile, { force: true });
  }
}
run(command, words, usableNode());

/** What node_modules must have been made from: the lock file, for this kind of machine. */
function fingerprint() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

function isSetUp() {
  if (!existsSync(pinnedNode)) return false;
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === wanted || adopt();
  return adopt();
}

/** A plain `npm install` is as good: npm writes its own list of what it installed, at the end. */
function adopt() {
  const listFile = path.join(modules, '.package-lock.json');
  if (!existsSync(listFile)) return false;
  try {
    const installed = JSON.parse(readFileSync(listFile, 'utf8')).packages;
    const locked = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
    for (const [name, entry] of Object.entries(locked)) {
      const found = installed[name];
      const isNeeded = name !== '' && !entry.optional && !entry.peer;
      if (found === undefined ? isNeeded : found.integrity !== entry.integrity) return false;
    }
  } catch {
    return false;
  }
  writeFileSync(stampFile, wanted);
  return true;
}

/** One setup at a time: two at once would take each other's files away. */
async function takeLock() {
  for (let isWaiting = false; ; isWaiting = true) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (cause) {
      if (cause.code !== 'EEXIST') throw cause;
    }
    const holder = lockHolder();
    if (holder === undefined) rmSync(lockFile, { force: true });
    else {
      if (!isWaiting) say(`Another setup runs here (process ${holder}): waiting for it.`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

/** undefined where the lock is a dead one's. */
function lockHolder() {
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'));
    const ageMs = Date.now() - statSync(lockFile).mtimeMs;
    if (ageMs > lockMinutes * 60_000) return undefined;
    if (holder === 0) return ageMs < 2000 ? 'that is starting' : undefined; // not written yet
    process.kill(holder, 0);
    return holder;
  } catch (cause) {
    return cause.code === 'EPERM' ? 'of another user' : undefined;
  }
}

async function setUp() {
  rmSync(stampFile, { force: true });
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const isTerminal = process.stderr.isTTY;
  say('Setting up, once: installing the packages of package-lock.json (about 150 MB to fetch).');

  // On a terminal one line that counts; in a log a line now and then.
  const ticker = setInterval(
    () => {
      if (isTerminal) process.stderr.write(`\r  npm ci … ${seconds()} s`);
      else say(`  npm ci … ${seconds()} s`);
    },
    isTerminal ? 1000 : 15_000,
  );
  const { code, output } = await npmCi();
  clearInterval(ticker);
  if (isTerminal) process.stderr.write('\r\x1b[K');

  if (code !== 0 || !existsSync(pinnedNode)) {
    rmSync(lockFile, { force: true });
    say(output.trim().split('\n').slice(-40).join('\n'));
    fail(
      `npm ci failed (exit code ${code}). Is the npm registry within reach? \`npm ping\` says so; ` +
        'then run the same command again.',
    );
  }
  writeFileSync(stampFile, wanted);
  say(`Set up in ${seconds()} s.`);
}

/** Quiet unless it fails: npm warns that some packages want a newer Node, which is the one it brings. */
function npmCi() {
  const [file, args] = npm(process.execPath);
  const child = spawn(file, [...args, 'ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: isWindows && file === 'npm',
    // A process group of its own, so that it can be ended with all that it started.
    detached: !isWindows,
    env: {
      ...process.env,
      // Where one `npm` runs another, both must be of this Node.
      [pathKey()]: [path.dirname(process.execPath), process.env[pathKey()]].join(path.delimiter),
      // The oracle of the tests comes with its binary; it must never build itself from source.
      NODE_LLAMA_CPP_SKIP_DOWNLOAD: 'true',
    },
  });
  if (child.pid !== undefined) writeFileSync(lockFile, String(child.pid));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-20_000);
    });
  }
  let interruptedBy;
  const stop = onSignals((signal) => {
    // Not asked but ended: npm would first take back what it did, which `npm ci` does anyway.
    interruptedBy = signal;
    if (isWindows) child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  });
  return new Promise((resolve) => {
    child.on('error', (cause) => resolve({ code: 127, output: String(cause) }));
    child.on('close', (code, signal) => {
      stop();
      if (interruptedBy !== undefined) {
        rmSync(lockFile, { force: true });
        say('\nInterrupted. The next run starts the setup anew.');
        die(interruptedBy);
      } else resolve({ code: code ?? signal, output });
    });
  });
}

/** The pinned Node; this one where the pinned does not run here (another C library) and it is new enough. */
function usableNode() {
  if (spawnSync(pinnedNode, ['--version']).status === 0) return pinnedNode;
  const [release, minor] = process.versions.node.split('.').map(Number);
  if (release > 22 || (release === 22 && minor >= 18)) return process.execPath;
  return fail(`the pinned Node does not run on this machine (${os.type()} ${os.arch()}) and
  Node ${process.versions.node} is too old to stand in for it: install Node 24.`);
}

function run(name, args, node) {
  const [file, first] = name === 'node' ? [node, []] : name === 'npm' ? npm(node) : [name, []];
  const places = [path.dirname(node), path.join(modules, '.bin'), process.env[pathKey()]];
  const child = spawn(file, [...first, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: isWindows && file === name,
    env: { ...process.env, [pathKey()]: places.join(path.delimiter) },
  });
  // The child decides what a signal means; this process outlives it. Ctrl-C in a terminal reaches
  // the child by itself: passing it on as well would press it twice.
  const stop = onSignals((signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
  const stopWatching = onOrphaned(() => child.kill('SIGTERM'));
  child.on('error', (cause) => fail(`${name} did not start: ${cause.message}`, 127));
  child.on('close', (code, signal) => {
    stop();
    stopWatching();
    if (signal !== null) die(signal);
    process.exitCode = code ?? 1;
  });
}

/**
 * npm passes SIGTERM on to the shell that it runs a script with, and some shells die of it and pass
 * it no further: a server would live on with nobody left to end it. That shell is our parent.
 */
function onOrphaned(listener) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    listener();
  }, orphanCheckMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** npm by the very files that started this script, so that no shell and no .cmd is needed. */
function npm(node) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('npm-cli.js') ? [node, [cli]] : ['npm', []];
}

/** Calls back instead of ending this process, until the returned function is called. */
function onSignals(callback) {
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const handler = () => callback(signal);
    process.on(signal, handler);
    return [signal, handler];
  });
  return () => {
    for (const [signal, handler] of handlers) process.removeListener(signal, handler);
  };
}

/** Ends as the child ended, so that whoever called sees the same signal. */
function die(signal) {
  process.kill(process.pid, signal);
}

function pathKey() {
  return Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
}

function major(version) {
  return Number(version.split('.')[0]);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text, code = 1) {
  say(`error: ${text}`);
  process.exit(code);
}
