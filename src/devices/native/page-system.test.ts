/** The real system's refusals come with its reason. */
import { expect, test } from 'vitest';
import { loadKoffi, pageSystem } from './page-system.ts';

test('more memory than there are addresses is refused with the reason of the system', () => {
  const system = pageSystem(loadKoffi());
  expect(system.allocate(2 ** 52)).toMatch(/failed with (ENOMEM|error \d+)/);
});

test('pages that are not ours to change are refused with the reason of the system', () => {
  const system = pageSystem(loadKoffi());
  expect(system.makeExecutable(0n, 4096)).toMatch(/failed with (ENOMEM|EINVAL|EACCES|error \d+)/);
});
