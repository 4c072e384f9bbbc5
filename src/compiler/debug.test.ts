import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
  vi.restoreAllMocks();
});

async function shownAt(level: string): Promise<string[]> {
  vi.stubEnv('SAMPAN_DEBUG', level);
  const shown: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => void shown.push(line));
  const { debug, debugLevels } = await import('./debug.ts');
  for (const name of Object.keys(debugLevels) as (keyof typeof debugLevels)[]) {
    debug(name, () => name);
  }
  return shown;
}

test.each([
  ['', []],
  ['1', ['timings']],
  ['3', ['timings', 'launches', 'ir']],
  ['5', ['timings', 'launches', 'ir', 'passes', 'disassembly']],
  ['yes', []],
])('SAMPAN_DEBUG=%s shows that level and those below', async (level, expected) => {
  expect(await shownAt(level)).toEqual(expected);
});

test('text that is not shown is not made', async () => {
  vi.stubEnv('SAMPAN_DEBUG', '1');
  const { debug } = await import('./debug.ts');
  const text = vi.fn(() => '');
  debug('launches', text);
  expect(text).not.toHaveBeenCalled();
});
