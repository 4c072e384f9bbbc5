/**
 * What is published works: packed, installed in an empty folder outside the repository, imported,
 * run as a command, and type-checked by a program that uses it. And it stays small.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledLibraries } from '../../scripts/bundle-libraries.ts';
import { root, runProcess, startProcess } from './run-process.ts';

const maxInstalledBytes = 25e6;
const folder = mkdtempSync(path.join(tmpdir(), 'sampan-pack-'));
const consumer = path.join(folder, 'consumer');
let packedFiles: string[] = [];

beforeAll(async () => {
  const packed = await npm(['pack', '--json', '--pack-destination', folder], root);
  expect(packed.code, packed.stderr + packed.stdout).toBe(0);
  const [{ filename, files }] = parsePacked(packed.stdout);
  packedFiles = files.map((file) => file.path);

  mkdirSync(consumer);
  writeFileSync(path.join(consumer, 'package.json'), '{ "type": "module", "private": true }');
  const tarball = path.join(folder, filename);
  const installed = await npm(
    ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball],
    consumer,
  );
  expect(installed.code, installed.stderr).toBe(0);
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a program imports it and gets an answer', async () => {
  const program = `
    import { load } from 'sampan';
    const model = await load('nano');
    let answer = '';
    const question = [{ role: 'user', content: 'What is 12 + 30?' }];
    for await (const piece of model.chat(question, { temperature: 0 })) {
      if (piece.type === 'text') answer += piece.text;
    }
    console.log(answer);
    await model.close();`;
  writeFileSync(path.join(consumer, 'program.js'), program);
  const ran = await runProcess(process.execPath, ['program.js'], { cwd: consumer });
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toContain('42');
  expect(ran.code).toBe(0);
});

test('a program plans with `sampan/plan` alone', async () => {
  const program = `
    import { plan, predict } from 'sampan/plan';
    const load = { model: 'deepseek-r1', inTokens: 2000, outTokens: 800 };
    const { rows } = plan({ ...load, rate: 20, ttftMs: 2000, tpotMs: 50 });
    const { chips, layout } = rows[0].prediction;
    const point = predict({ ...load, ...rows[0].prediction, chips: rows[0].prediction.chip });
    console.log(rows.length > 10, chips > 0, point.tpotMs === rows[0].prediction.tpotMs, layout);`;
  writeFileSync(path.join(consumer, 'plan.js'), program);
  const ran = await runProcess(process.execPath, ['plan.js'], { cwd: consumer });
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toMatch(/^true true true \w/);
});

test('the command answers', async () => {
  const sampan = path.join(consumer, 'node_modules', '.bin', 'sampan');
  const question = ['run', 'nano', 'What is 12 + 30?', '--temperature', '0'];
  const ran = await runProcess(sampan, question, { cwd: consumer });
  expect(ran.stdout).toContain('42');
  expect(ran.code).toBe(0);
});

test('it serves, with libraries that are part of it and not installed', async () => {
  const sampan = path.join(consumer, 'node_modules', '.bin', 'sampan');
  const serve = startProcess(sampan, ['serve', 'nano', '--port', '0'], { cwd: consumer });
  const url = /^http:\S+/m.exec(await serve.says(/^http:\S+\n/m))?.[0] as string;
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model: 'nano', temperature: 0 },
      messages: [{ role: 'user', content: 'What is 12 + 30?' }],
    }),
  });
  expect(await reply.text()).toContain('42');
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('<div id="app">');
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('vllm:prompt_tokens_total');
  serve.kill('SIGTERM');
  expect((await serve.finished).code).toBe(0);
  for (const name of bundledLibraries) {
    expect(existsSync(path.join(consumer, 'node_modules', name))).toBe(false);
  }
});

test('a strict TypeScript program that uses it passes the type check', async () => {
  const program = `
    import { type Plan, plan, predict } from 'sampan/plan';
    import { type ChatMessage, load, type ModelInfo, SampanError, type Summary } from 'sampan';
    await using model = await load('nano', { contextTokens: 512, signal: AbortSignal.timeout(1000) });
    const info: ModelInfo = model.info;
    const messages: ChatMessage[] = [{ role: 'user', content: info.name }];
    const reply = model.chat(messages, { thinkTokens: 100, temperature: 0.6 });
    for await (const piece of reply) {
      if (piece.type === 'toolCall' || piece.type === 'toolArguments') continue;
      const kind: 'reasoning' | 'text' = piece.type;
      console.log(kind, piece.text);
    }
    const summary: Summary = await reply.summary;
    console.log(summary.ttftMs, model.tokenize('hello').length);
    // @ts-expect-error: roles are checked
    messages.push({ role: 'robot', content: '' });
    // @ts-expect-error: nothing here is any
    const wrong: string = summary.ttftMs;
    console.log(wrong, new Error() instanceof SampanError);
    const asked = { model: 'deepseek-r1', inTokens: 2000, outTokens: 800 };
    const planned: Plan = plan({ ...asked, rate: 20, region: 'cn', chips: [{ chip: 'h20' }] });
    console.log(planned.rows[0]?.cost?.perHour.toFixed(2));
    // @ts-expect-error: a rate is a number
    plan({ ...asked, rate: '20/s' });
    const tpotMs: number = predict({ ...asked, chips: 'h20:16', concurrency: 8 }).low.tpotMs;
    console.log(tpotMs);`;
  writeFileSync(path.join(consumer, 'program.ts'), program);
  const options = {
    ...{ strict: true, noEmit: true, target: 'es2024', module: 'nodenext' },
    ...{ lib: ['es2024', 'esnext.disposable'], types: ['node'], skipLibCheck: false },
    typeRoots: [path.join(root, 'node_modules', '@types')],
  };
  const config = { compilerOptions: options, files: ['program.ts'] };
  writeFileSync(path.join(consumer, 'tsconfig.json'), JSON.stringify(config));
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const checked = await runProcess(process.execPath, [tsc, '-p', '.'], { cwd: consumer });
  expect(checked.stdout).toBe('');
  expect(checked.code).toBe(0);
});

test('it holds what it needs and nothing of the workshop', () => {
  expect(packedFiles).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md']));
  expect(packedFiles).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts']));
  expect(packedFiles).toContain('dist/THIRD-PARTY-LICENSES');
  const strays = packedFiles.filter(
    (file) =>
      !/^(dist\/|models\/nano\/[^/]+$|models\/nano\/evaluation\/problems\.jsonl$|[A-Z]+(\.md)?$|package\.json$)/.test(
        file,
      ),
  );
  expect(strays).toEqual([]);
  expect(packedFiles.filter((file) => /\.test\.|\.ts$/.test(file.replace('.d.ts', '')))).toEqual(
    [],
  );
});

test('installed, with every dependency, it stays under 25 MB', () => {
  const modules = path.join(consumer, 'node_modules');
  const sizes = packagesIn(modules)
    .map((name) => ({ name, bytes: bytesIn(path.join(modules, name)) }))
    .sort((a, b) => b.bytes - a.bytes);
  for (const { name, bytes } of sizes) console.log(`${(bytes / 1e6).toFixed(2)} MB  ${name}`);
  const total = bytesIn(modules);
  console.log(`${(total / 1e6).toFixed(2)} MB  together`);
  expect(total).toBeLessThan(maxInstalledBytes);
});

function npm(words: string[], cwd: string) {
  const cli = process.env.npm_execpath;
  const timeoutMs = 200_000;
  // Settings of the npm that runs the tests are not those of a user's npm.
  const env = Object.fromEntries(
    Object.keys(process.env)
      .filter((key) => /^npm_(config_(prefix|local|ignore_scripts)|package|lifecycle)/.test(key))
      .map((key) => [key, undefined]),
  );
  return cli?.endsWith('npm-cli.js')
    ? runProcess(process.execPath, [cli, ...words], { cwd, env, timeoutMs })
    : runProcess('npm', words, { cwd, env, timeoutMs });
}

interface PackedPackage {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** npm prints what `prepack` said before its own JSON. */
function parsePacked(stdout: string): [PackedPackage] {
  const found = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  return (Array.isArray(found) ? found : Object.values(found)) as [PackedPackage];
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(path.join(modules, name)).map((inner) => path.join(name, inner))
        : [name],
    );
}

function bytesIn(file: string): number {
  const stat = lstatSync(file);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(file).reduce((sum, name) => sum + bytesIn(path.join(file, name)), 0);
}
