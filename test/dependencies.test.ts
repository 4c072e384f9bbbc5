/** Dependencies: each is used, pinned and explained, and the lock file works everywhere. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundledLibraries } from '../scripts/bundle-libraries.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (...names: string[]) => readFileSync(path.join(root, ...names), 'utf8');
const manifest = JSON.parse(read('package.json'));
const lock = JSON.parse(read('package-lock.json'));
const installed = Object.keys(manifest.dependencies);

test('docs/dependencies.md lists every dependency with its version', () => {
  const listed = [...read('docs', 'dependencies.md').matchAll(/^\| `([^`]+)` \| ([\d.]+) \|/gm)];
  const pairs = Object.fromEntries(listed.map(([, name, version]) => [name, version]));
  expect(pairs).toEqual({ ...manifest.dependencies, ...manifest.devDependencies });
});

test('what is shipped imports exactly the dependencies there are, and what is bundled', () => {
  const imported = new Set<string>();
  for (const file of readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const code = read('src', file);
    const fixed = code.matchAll(/^(?:import|export|\}).*\bfrom '([^'.][^']*)'/gm);
    const late = code.matchAll(/\bimport\('([^'.][^']*)'\)/g);
    for (const [, name] of [...fixed, ...late] as unknown as [string, string][]) {
      if (!name.startsWith('node:')) imported.add(packageOf(name));
    }
  }
  expect([...imported].sort()).toEqual([...installed, ...bundledLibraries].sort());
});

test('what is bundled is no dependency, and the page says that it is bundled', () => {
  const rows = read('docs', 'dependencies.md').matchAll(
    /^\| `([^`]+)` .*bundled into the package/gm,
  );
  expect([...rows].map((row) => row[1]).sort()).toEqual([...bundledLibraries].sort());
  for (const name of bundledLibraries) {
    expect(manifest.devDependencies).toHaveProperty([name]);
    expect(installed).not.toContain(name);
  }
});

test('a program that imports the library does not load the server', () => {
  const reached = reachedFrom('index.ts');
  expect(reached).toContain('engine/load.ts');
  expect([...reached].filter((file) => /^(server|protocol|cli)\//.test(file))).toEqual([]);
});

test('sampan/plan is arithmetic alone: what it reaches is of the planner, and runs in a browser', () => {
  const reached = reachedFrom('planner/plan.ts');
  expect(reached).toContain('planner/predict.ts');
  expect([...reached].filter((file) => !/^(planner|base)\//.test(file))).toEqual([]);
  const foreign = [...reached].filter((file) => {
    const code = read('src', file).replace(/\/\*[\s\S]*?\*\//g, '');
    return /from 'node:|import\(|\bprocess\.|\bBuffer\b|\bfetch\(/.test(code);
  });
  expect(foreign).toEqual([]);
});

test('versions are exact', () => {
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
  for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "http/);
});

test('the lock file has every optional part for other systems, or npm ci refuses it there', () => {
  const names = new Set(Object.keys(lock.packages).map((key) => key.split('node_modules/').at(-1)));
  const entries: [string, { optionalDependencies?: object }][] = Object.entries(lock.packages);
  const absent = entries.flatMap(([, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !names.has(name)),
  );
  expect(absent).toEqual([]);
});

/** Files of src that are loaded with one of them. */
function reachedFrom(entry: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const follow = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, target] of read('src', file).matchAll(/\bfrom '(\.[^']+)'/g)) {
      follow(path.posix.join(path.posix.dirname(file), target as string));
    }
  };
  follow(entry);
  return reached;
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
