/**
 * `npm run build`: src/ → dist/, JavaScript and types for Node >= 22.18, with the libraries that
 * are part of it, and the chat page → dist/web. Old files go first.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildPage, pageFolder } from './build-page.ts';
import { bundleLibraries } from './bundle-libraries.ts';
import { thirdPartyLicences } from './licences.ts';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const modules = path.join(root, 'node_modules');
rmSync(dist, { recursive: true, force: true });
const tsc = path.join(modules, 'typescript', 'bin', 'tsc');
try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
} catch {
  process.exit(1); // tsc has said why
}
const bin = path.join(dist, 'cli', 'main.js');
if (existsSync(bin)) chmodSync(bin, 0o755);

const packages = [...(await bundleLibraries(dist)), ...(await buildPage())].sort();
const page = path.join(dist, 'web');
cpSync(pageFolder, page, { recursive: true, filter: (file) => path.basename(file) !== '.stamp' });
writeFileSync(path.join(dist, 'THIRD-PARTY-LICENSES'), thirdPartyLicences(modules, packages));
