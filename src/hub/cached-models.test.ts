/** The shared cache: what the Python library left is used, and removing frees what it may. */
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  commit,
  dropAfter,
  gitSha1,
  impatient,
  MisbehavingServer,
  noise,
  partBytes,
  sha256,
} from '../../test/hub/misbehaving-server.ts';
import { listModels, removeModel } from './cached-models.ts';
import { parseModelName } from './model-names.ts';
import { pullModel } from './pull.ts';
import { resolveModel } from './resolve.ts';

const repo = 'unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF';
const [q4, q8, config] = [noise(300_000, 4), noise(500_000, 8), Buffer.from('{"a":1}')];
const older = 'beef'.repeat(10);
let server: MisbehavingServer;

beforeEach(async () => {
  server = await MisbehavingServer.start();
  server.add(repo, { 'm-Q4_K_M.gguf': q4, 'sub/m-Q8_0.gguf': q8 });
});
afterEach(() => server[Symbol.asyncDispose]());

const settings = () => server.settings();
const hubFolder = () => settings().cacheFolder;
const repoFolder = (name = repo) => path.join(hubFolder(), `models--${name.replace('/', '--')}`);
const blobs = (name = repo) => readdirSync(path.join(repoFolder(name), 'blobs')).sort();
const pull = (name = repo, hub: 'huggingface' | 'modelscope' = 'huggingface') =>
  pullModel(
    parseModelName(name, () => false),
    settings(),
    { patience: impatient, partBytes, hub },
  );
const remove = (name: string) => removeModel(name, settings());

/** As huggingface_hub writes it: a blob by its etag, a relative link, a ref without a newline. */
function pythonCache(files: Record<string, Buffer>, revision = commit, name = repo, ref = 'main') {
  const folder = repoFolder(name);
  for (const [file, bytes] of Object.entries(files)) {
    const blob = file.endsWith('.json') ? gitSha1(bytes) : sha256(bytes);
    const entry = path.join(folder, 'snapshots', revision, file);
    mkdirSync(path.join(folder, 'blobs'), { recursive: true });
    mkdirSync(path.dirname(entry), { recursive: true });
    writeFileSync(path.join(folder, 'blobs', blob), bytes);
    symlinkSync(path.relative(path.dirname(entry), path.join(folder, 'blobs', blob)), entry);
  }
  mkdirSync(path.join(folder, 'refs'), { recursive: true });
  writeFileSync(path.join(folder, 'refs', ref), revision);
}

describe('the layout', () => {
  test('is the one of the Python library: blobs by digest, relative links, a ref', async () => {
    const found = await pull(`${repo}:Q8_0`);
    const entry = path.join(repoFolder(), 'snapshots', commit, 'sub/m-Q8_0.gguf');
    expect(found.path).toBe(entry);
    expect(readlinkSync(entry)).toBe(`../../../blobs/${sha256(q8)}`);
    expect(readFileSync(path.join(repoFolder(), 'refs/main'), 'utf8')).toBe(commit);
    expect(readdirSync(repoFolder()).sort()).toEqual(['blobs', 'refs', 'snapshots']);
  });

  test('what the Python library fetched is used without a word to the hub', async () => {
    pythonCache({ 'm-Q4_K_M.gguf': q4, '.gitattributes': Buffer.from('x') });
    const found = await resolveModel('deepseek-r1:1.5b', { settings: settings(), pull: true });
    expect(readFileSync(found.path).equals(q4)).toBe(true);
    expect(found.source).toMatchObject({
      kind: 'huggingface',
      repo,
      commit,
      quantisation: 'Q4_K_M',
    });
    expect(server.seen).toEqual([]);
  });

  test('its blobs are not fetched again, and its half-finished ones are not touched', async () => {
    pythonCache({ 'm-Q4_K_M.gguf': q4 }, older);
    const half = path.join(repoFolder(), 'blobs', `${sha256(q8)}.incomplete`);
    writeFileSync(half, q8.subarray(0, 1000));
    const found = await pull();
    expect(found.path).toContain(commit);
    expect(readFileSync(found.path).equals(q4)).toBe(true);
    expect(server.bytesServed).toBe(0);
    await pull(`${repo}:Q8_0`);
    expect(readFileSync(half).length).toBe(1000);
  });

  test('a snapshot that lacks a part, or whose blob is gone, is not whole', async () => {
    const find = (wanted: string) =>
      resolveModel(`${wanted}`, { settings: settings() }).catch((cause) => cause.code);
    pythonCache({ 'x-Q4_0-00001-of-00002.gguf': q4 }, commit, 'o/split');
    expect(await find('o/split')).toBe('model_not_pulled');
    pythonCache({ 'model.safetensors': q4, 'config.json': config }, commit, 'o/st');
    expect(await find('o/st')).toBe('model_not_pulled'); // no tokenizer
    pythonCache({ 'm-Q4_K_M.gguf': q4 });
    rmSync(path.join(repoFolder(), 'blobs', sha256(q4)));
    expect(await find(repo)).toBe('model_not_pulled');
  });

  test('a file where the Python library could not link is used as it is', async () => {
    const folder = path.join(repoFolder(), 'snapshots', commit);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'm-Q4_K_M.gguf'), q4);
    const found = await resolveModel(repo, { settings: settings() });
    expect(readFileSync(found.path).equals(q4)).toBe(true);
  });

  test('a newer commit wins over an older one that is still there', async () => {
    pythonCache({ 'm-Q4_K_M.gguf': noise(10) }, older);
    const before = await resolveModel(repo, { settings: settings() });
    const after = await pull();
    expect(before.path).toContain(older);
    expect((await resolveModel(repo, { settings: settings() })).path).toBe(after.path);
  });
});

describe('resolving', () => {
  test('fetches only when told to, and never offline', async () => {
    const code = (more: object) =>
      resolveModel(repo, { settings: settings(), patience: impatient, ...more }).then(
        (found) => found.source.kind,
        (cause) => cause.code,
      );
    expect(await code({})).toBe('model_not_pulled');
    expect(await code({ pull: true, offline: true })).toBe('hub_offline');
    const offline = server.settings({ HF_HUB_OFFLINE: '1' });
    expect(await code({ pull: true, settings: offline })).toBe('hub_offline');
    expect(server.seen).toEqual([]);
    expect(await code({ pull: true })).toBe('huggingface');
    expect(await code({ offline: true })).toBe('huggingface');
  });

  test('offline, a pull of what is here is that', async () => {
    const found = await pull();
    const offline = server.settings({ HF_HUB_OFFLINE: '1' });
    const name = parseModelName(repo, () => false);
    expect(await pullModel(name, offline)).toEqual(found);
  });

  test('a cache folder that is a file is one clear error', async () => {
    mkdirSync(path.dirname(hubFolder()), { recursive: true });
    writeFileSync(hubFolder(), '');
    await expect(pull()).rejects.toMatchObject({ code: 'cache_unusable' });
    expect(await listModels(settings())).toEqual([]);
  });

  test('paths and the embedded model need neither cache nor hub', async () => {
    const options = { settings: settings() };
    const here = await resolveModel(server.folder, options);
    expect(here).toEqual({ path: server.folder, source: { kind: 'path' } });
    const nano = await resolveModel('nano', { ...options, embeddedPath: '/pkg/nano.gguf' });
    expect(nano).toEqual({ path: '/pkg/nano.gguf', source: { kind: 'embedded' } });
    await expect(resolveModel('nano', options)).rejects.toMatchObject({ code: 'file_not_found' });
  });

  test('both hubs keep their own', async () => {
    const found = await pull(repo, 'modelscope');
    expect(found.path).toContain(path.join(server.folder, 'hf/sampan/modelscope'));
    expect(readFileSync(found.path).equals(q4)).toBe(true);
    const options = { settings: settings() };
    expect((await resolveModel(repo, options)).source.kind).toBe('modelscope');
    await expect(resolveModel(repo, { ...options, hub: 'huggingface' })).rejects.toThrow();
    await pull();
    expect((await resolveModel(repo, options)).source.kind).toBe('huggingface');
  });

  test('an asked-for quantisation is not replaced by another', async () => {
    await pull();
    await expect(resolveModel(`${repo}:Q8_0`, { settings: settings() })).rejects.toMatchObject({
      code: 'model_not_pulled',
    });
  });
});

describe('listing', () => {
  test('shows each whole model with what it takes, and pulls that are not finished', async () => {
    await pull();
    await pull(`${repo}:Q8_0`);
    pythonCache(
      { 'config.json': config, 'tokenizer.json': config, 'model.safetensors': q4 },
      older,
      'o/st',
    );
    pythonCache({ 'readme.json': config }, commit, 'o/nothing');
    mkdirSync(path.join(hubFolder(), 'models--o--half/blobs'), { recursive: true });
    writeFileSync(
      path.join(hubFolder(), `models--o--half/blobs/${sha256(q8)}.sampan-incomplete`),
      q8,
    );
    mkdirSync(path.join(hubFolder(), 'datasets--o--d/snapshots'), { recursive: true });
    writeFileSync(path.join(hubFolder(), 'CACHEDIR.TAG'), '');

    const found = await listModels(settings());
    const rows = found.map(({ name, format, sizeBytes }) => [name, format, sizeBytes]);
    expect(rows.sort()).toEqual(
      [
        [`${repo}:Q4_K_M`, 'gguf', q4.length],
        [`${repo}:Q8_0`, 'gguf', q8.length],
        ['o/st', 'safetensors', q4.length + 2 * config.length],
        ['o/half', 'partial', expect.any(Number)],
      ].sort(),
    );
    expect(found.find(({ name }) => name.endsWith('Q8_0'))?.shortName).toBe('deepseek-r1:1.5b');
    for (const { name, format } of found) {
      if (format !== 'partial') await resolveModel(name, { settings: settings(), offline: true });
    }
  });

  test('an empty machine has no models and that is no error', async () => {
    expect(await listModels(settings())).toEqual([]);
  });
});

describe('removing', () => {
  test('one quantisation goes, the other and what both share stay', async () => {
    const other = { 'm-Q4_K_M.gguf': q4, 'n-Q5_0.gguf': q8 };
    pythonCache(other, older);
    await pull();
    await pull(`${repo}:Q8_0`); // the same bytes as n-Q5_0 of the older commit: one blob
    const { freedBytes, removed } = await remove(`${repo}:Q8_0`);
    expect(removed).toEqual([path.join(repoFolder(), 'snapshots', commit, 'sub/m-Q8_0.gguf')]);
    expect(freedBytes).toBe(0);
    expect(blobs()).toEqual([sha256(q4), sha256(q8)].sort());

    expect((await remove(`${repo}:Q4_K_M`)).freedBytes).toBe(q4.length);
    expect(blobs()).toEqual([sha256(q8)]);
    expect((await resolveModel(`${repo}:Q5_0`, { settings: settings() })).path).toContain(older);
    // The ref to the commit that has nothing left would be damage to the Python library.
    expect(existsSync(path.join(repoFolder(), 'refs/main'))).toBe(false);

    expect((await remove(`${repo}:Q5_0`)).freedBytes).toBe(q8.length);
    expect(existsSync(repoFolder())).toBe(false);
  });

  test('hard links count as references too', async () => {
    await pull();
    const copy = path.join(repoFolder(), 'snapshots', older, 'm-Q5_0.gguf');
    mkdirSync(path.dirname(copy), { recursive: true });
    linkSync(path.join(repoFolder(), 'blobs', sha256(q4)), copy);
    await remove(`${repo}:Q4_K_M`);
    expect(blobs()).toEqual([sha256(q4)]);
    expect((await remove(`${repo}:Q5_0`)).freedBytes).toBe(q4.length);
  });

  test('a whole repository goes with what is half-finished, and says how much that was', async () => {
    await pull();
    const half = path.join(repoFolder(), 'blobs', `${sha256(q8)}.sampan-incomplete`);
    writeFileSync(half, q8);
    const { freedBytes } = await remove('deepseek-r1:1.5b');
    expect(freedBytes).toBeGreaterThanOrEqual(q4.length + q8.length);
    expect(readdirSync(hubFolder())).toEqual([]);
    await expect(remove(repo)).rejects.toMatchObject({ code: 'model_not_pulled' });
  });

  test('a pulled URL goes by its URL', async () => {
    server.plain.set('/x.gguf', { bytes: q4, etag: '"1"' });
    await pull(`${server.url}/x.gguf`);
    expect((await listModels(settings())).map(({ name }) => name)).toEqual([
      `${server.url}/x.gguf`,
    ]);
    await remove(`${server.url}/x.gguf`);
    expect(await listModels(settings())).toEqual([]);

    // Half of one is listed and goes, too.
    server.misdeed = (_, response, sent, count) => count > 3 && dropAfter(response, sent, 0);
    await expect(pull(`${server.url}/x.gguf`)).rejects.toThrow();
    expect(await listModels(settings())).toMatchObject([{ format: 'partial' }]);
    await remove(`${server.url}/x.gguf`);
    expect(await listModels(settings())).toEqual([]);
  });

  test('nothing outside the cache goes: links are not followed, linked folders are left', async () => {
    const outside = path.join(server.folder, 'precious');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'file.gguf'), q4);

    mkdirSync(hubFolder(), { recursive: true });
    symlinkSync(outside, repoFolder('o/linked'));
    await expect(remove('o/linked')).rejects.toMatchObject({ code: 'model_not_pulled' });

    for (const part of ['blobs', 'snapshots']) {
      mkdirSync(repoFolder('o/inner'), { recursive: true });
      symlinkSync(outside, path.join(repoFolder('o/inner'), part));
      await expect(remove('o/inner')).rejects.toMatchObject({ code: 'model_not_pulled' });
      await expect(remove('o/inner:Q4_0')).rejects.toThrow();
      rmSync(repoFolder('o/inner'), { recursive: true });
    }

    const entry = path.join(repoFolder('o/stray'), 'snapshots', commit, 'a-Q4_0.gguf');
    mkdirSync(path.dirname(entry), { recursive: true });
    symlinkSync(path.join(outside, 'file.gguf'), entry);
    await remove('o/stray:Q4_0');
    expect(() => lstatSync(entry)).toThrow();
    expect(readFileSync(path.join(outside, 'file.gguf')).equals(q4)).toBe(true);
  });

  test.each([['nano'], ['./here'], ['../../etc'], ['x.gguf']])(
    '%s is not ours to remove',
    async (name) => {
      await expect(remove(name)).rejects.toMatchObject({
        code: expect.stringMatching(/invalid_option|file_not_found/),
      });
    },
  );

  test("a blob of the Python library's shared store stays for the others", async () => {
    const store = path.join(hubFolder(), 'blobs', 'aa', 'xet');
    mkdirSync(path.dirname(store), { recursive: true });
    writeFileSync(store, q4);
    pythonCache({ 'm-Q4_K_M.gguf': q4 });
    const blob = path.join(repoFolder(), 'blobs', sha256(q4));
    rmSync(blob);
    symlinkSync(path.relative(path.dirname(blob), store), blob);
    expect((await resolveModel(repo, { settings: settings() })).path).toContain(commit);
    expect((await remove(`${repo}:Q4_K_M`)).freedBytes).toBe(0);
    expect(existsSync(store)).toBe(true);
    expect(existsSync(blob)).toBe(false);
  });
});
