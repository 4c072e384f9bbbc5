/**
 * `npm run build:web`: web/ → web/dist with Vite. `ensurePage` does it only where the page is
 * missing or its sources have changed since: that is what a clone's first `npm start` needs.
 * It is built beside its place and then put there, so that nobody serves half of it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const root = path.resolve(import.meta.dirname, '..');
const web = path.join(root, 'web');
export const pageFolder = path.join(web, 'dist');
const maxAttempts = 5;
const stampFile = path.join(pageFolder, '.stamp');

/** False where it was as new as its sources. */
export async function ensurePage(say: (text: string) => void): Promise<boolean> {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint()) return false;
  say('Building the chat page, once …');
  const started = Date.now();
  await buildPage();
  say(`Built the chat page in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

/** Returns the packages that are in it. */
export async function buildPage(): Promise<string[]> {
  const { build } = await import('vite');
  const stamp = fingerprint();
  const packages = new PackageList();
  const fresh = `${pageFolder}.${process.pid}`;
  try {
    const configFile = path.join(web, 'vite.config.ts');
    const plugins = [packages];
    await build({ configFile, logLevel: 'warn', plugins, build: { outDir: fresh } });
    writeFileSync(path.join(fresh, '.stamp'), stamp);
    putInPlace(fresh);
    return packages.list();
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Learns which packages' code came in. */
class PackageList implements Plugin {
  readonly name = 'sampan:packages';
  readonly #names = new Set<string>();

  moduleParsed = ({ id }: { readonly id: string }): void => {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1];
    if (name !== undefined) this.#names.add(name);
  };

  list(): string[] {
    return [...this.#names].sort();
  }
}

/** Another process may do the same at the same moment: whoever comes later, tries again. */
function putInPlace(fresh: string): void {
  const old = `${fresh}.old`;
  for (let attempt = 1; ; attempt++) {
    try {
      if (existsSync(pageFolder)) renameSync(pageFolder, old);
      renameSync(fresh, pageFolder);
      break;
    } catch (cause) {
      if (attempt === maxAttempts) throw cause;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

/** Of everything that the pages are made of, the planner and the versions of libraries included. */
function fingerprint(): string {
  const below = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => path.join(entry.parentPath, entry.name));
  const folders = ['web/src', 'web/public', 'src/planner', 'src/base'];
  const single = ['web/index.html', 'web/plan.html', 'web/vite.config.ts', 'package.json'];
  const files = [...folders.map((name) => path.join(root, name)).flatMap(below)];
  files.push(...single.map((name) => path.join(root, name)));
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    hash.update(`${path.relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

if (import.meta.main) await buildPage();
