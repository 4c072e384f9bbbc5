/**
 * The libraries of the server, made part of dist/: each becomes one file of what is imported of
 * it, and the imports lead there. So the package brings them without installing them, and without
 * what is not used of them.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'vite';

/** docs/dependencies.md says so too; a test holds both, and what src imports, together. */
export const bundledLibraries = ['@hono/node-server', 'hono', 'prom-client', 'zod'];

const importLine = /^(import|export) (.+?) from '([^']+)';$/gm;

/** Packages that are in there now, with what they brought. */
export async function bundleLibraries(dist: string): Promise<string[]> {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  const scripts = files.filter((file) => file.endsWith('.js')).map((file) => path.join(dist, file));
  const names = namesImported(scripts);
  const folder = path.join(dist, 'bundled');
  mkdirSync(folder);
  const packages = await bundle(names, folder);
  for (const file of scripts) {
    const text = readFileSync(file, 'utf8').replace(importLine, (line, verb, what, from) => {
      if (!names.has(from)) return line;
      const target = path.join(folder, `${fileName(from)}.js`);
      const relative = path.relative(path.dirname(file), target).replaceAll(path.sep, '/');
      return `${verb} ${what} from '${relative.startsWith('.') ? relative : `./${relative}`}';`;
    });
    writeFileSync(file, text);
  }
  // Types of what is bundled are not there, so neither are types that speak of them.
  for (const file of files.filter((file) => file.endsWith('.d.ts'))) {
    const text = readFileSync(path.join(dist, file), 'utf8');
    if ([...text.matchAll(importLine)].some(([, , , from]) => isBundled(from as string))) {
      rmSync(path.join(dist, file));
    }
  }
  return packages;
}

/** Specifier → names, as in { Hono } or { z }. */
function namesImported(scripts: readonly string[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const file of scripts) {
    for (const [, , what, from] of readFileSync(file, 'utf8').matchAll(importLine)) {
      if (!isBundled(from as string)) continue;
      const listed = /^\{(.*)\}$/.exec(what as string)?.[1];
      if (listed === undefined) throw new Error(`${file}: import ${from} by names, not ${what}`);
      const known = names.get(from as string) ?? new Set();
      names.set(from as string, known);
      for (const name of listed.split(',')) known.add(name.trim().replace(/ as .*/, ''));
    }
  }
  return names;
}

function isBundled(from: string): boolean {
  return bundledLibraries.some((name) => from === name || from.startsWith(`${name}/`));
}

function fileName(from: string): string {
  return from.replace(/^@/, '').replaceAll('/', '-');
}

async function bundle(
  names: ReadonlyMap<string, ReadonlySet<string>>,
  folder: string,
): Promise<string[]> {
  const packages = new Set<string>();
  const entries: Plugin = {
    name: 'entries',
    resolveId: (id) => (id.startsWith('entry:') ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith('\0entry:')) return null;
      const from = id.slice('\0entry:'.length);
      return `export { ${[...(names.get(from) as Set<string>)].join(', ')} } from '${from}';`;
    },
    generateBundle(_, chunks) {
      for (const chunk of Object.values(chunks)) {
        const ids = chunk.type === 'chunk' ? chunk.moduleIds : [];
        for (const id of ids) {
          const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
          if (name !== undefined) packages.add(name);
        }
      }
    },
  };
  const input = Object.fromEntries(
    [...names.keys()].map((from) => [fileName(from), `entry:${from}`]),
  );
  await build({
    ...{ configFile: false, logLevel: 'warn', publicDir: false, plugins: [entries] },
    ssr: { noExternal: true },
    build: {
      ...{ ssr: true, outDir: folder, emptyOutDir: false, target: 'node22', minify: true },
      rolldownOptions: {
        input,
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
  return [...packages].sort();
}
