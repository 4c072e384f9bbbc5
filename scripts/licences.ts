/** THIRD-PARTY-LICENSES: the licence of every package whose code is part of ours, as it says it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export function thirdPartyLicences(modules: string, packages: readonly string[]): string {
  const sections = packages.map((name) => {
    const folder = path.join(modules, name);
    const { version, license } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    );
    return `${'='.repeat(78)}\n${name} ${version} (${license})\n\n${textOf(folder, name)}\n`;
  });
  return `Sampan contains code of these packages.\n\n${sections.join('\n')}`;
}

function textOf(folder: string, name: string): string {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const file = files.find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name));
  if (file === undefined) throw new Error(`${name} comes without the text of its licence`);
  return readFileSync(path.join(folder, file), 'utf8').trim();
}
