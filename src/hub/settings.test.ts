/** The environment, read as the Python hub library reads it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hubSettings } from './settings.ts';

const home = mkdtempSync(path.join(tmpdir(), 'sampan-home-'));
afterAll(() => rmSync(home, { recursive: true }));
const cacheOf = (env: Record<string, string>) => hubSettings({ HOME: home, ...env }).cacheFolder;

test('the cache folder: HF_HUB_CACHE, then HF_HOME, then XDG_CACHE_HOME, then ~/.cache', () => {
  const all = {
    XDG_CACHE_HOME: '/xdg',
    HF_HOME: '/hf',
    HUGGINGFACE_HUB_CACHE: '/old',
    HF_HUB_CACHE: '/cache',
  };
  expect(cacheOf(all)).toBe('/cache');
  expect(cacheOf({ ...all, HF_HUB_CACHE: undefined as never })).toBe('/old');
  expect(cacheOf({ XDG_CACHE_HOME: '/xdg', HF_HOME: '/hf' })).toBe('/hf/hub');
  expect(cacheOf({ XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/huggingface/hub');
  expect(cacheOf({})).toBe(path.join(home, '.cache/huggingface/hub'));
  expect(cacheOf({ HF_HOME: '~/models' })).toBe(path.join(home, 'models/hub'));
  expect(cacheOf({ DISK: '/big', HF_HOME: '$DISK/a', HF_HUB_CACHE: `\${DISK}/b` })).toBe('/big/b');
});

test('URLs and ModelScope lie beside the cache, where the Python library does not look', () => {
  expect(hubSettings({ HF_HOME: '/hf' }).sideFolder).toBe('/hf/sampan');
});

test('the token: HF_TOKEN, else the file that hf auth login writes', () => {
  const tokenOf = (env: Record<string, string>) =>
    hubSettings({ HOME: home, ...env }).tokens.huggingface;
  expect(tokenOf({})).toBeUndefined();
  mkdirSync(path.join(home, '.cache/huggingface'), { recursive: true });
  writeFileSync(path.join(home, '.cache/huggingface/token'), 'hf_file\n');
  expect(tokenOf({})).toBe('hf_file');
  expect(tokenOf({ HF_TOKEN: 'hf_env' })).toBe('hf_env');
  expect(tokenOf({ HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' })).toBeUndefined();
  expect(
    tokenOf({ HF_TOKEN: 'a\r\nx-evil: 1', HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }),
  ).toBeUndefined();
});

test('an endpoint is an http URL, without a slash at its end', () => {
  const endpointOf = (HF_ENDPOINT: string) =>
    hubSettings({ HOME: home, HF_ENDPOINT }).endpoints.huggingface;
  expect(endpointOf('https://hf-mirror.com/')).toBe('https://hf-mirror.com');
  expect(endpointOf('https://proxy.example/hf/')).toBe('https://proxy.example/hf');
  expect(endpointOf('')).toBe('https://huggingface.co');
  for (const bad of ['hf-mirror.com', 'ftp://x', 'file:///etc']) {
    expect(() => endpointOf(bad)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  }
});
