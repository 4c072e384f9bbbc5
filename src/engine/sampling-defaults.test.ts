import { expect, test } from 'vitest';
import { isR1Family, samplingDefaults } from './sampling-defaults.ts';

test('the checkpoint`s own values come first, one by one; DeepSeek-R1`s fill the gaps of its family', () => {
  expect(samplingDefaults({}, true)).toEqual({
    ...{ temperature: 0.6, topP: 0.95, topK: 0, minP: 0, source: 'deepseek-r1' },
  });
  expect(samplingDefaults({ temperature: 0.2 }, true)).toEqual({
    ...{ temperature: 0.2, topP: 0.95, topK: 0, minP: 0, source: 'checkpoint' },
  });
  expect(samplingDefaults({}, false)).toEqual({
    ...{ temperature: 1, topP: 1, topK: 0, minP: 0, source: 'plain' },
  });
});

test('a checkpoint`s value that cannot be used counts as not given', () => {
  const odd = { temperature: Number.NaN, topP: 0, topK: -1, minP: 0.1 };
  expect(samplingDefaults(odd, true)).toEqual({
    ...{ temperature: 0.6, topP: 0.95, topK: 0, minP: 0.1, source: 'checkpoint' },
  });
  expect(samplingDefaults({ topK: -1 }, true).source).toBe('deepseek-r1');
});

test('R1`s family is told by vocabulary and template, not by name', () => {
  const vocabulary =
    (...tokens: string[]) =>
    (text: string) =>
      tokens.includes(text);
  const r1 = "{{ '<｜Assistant｜><think>\\n' }}";
  expect(isR1Family(vocabulary('<｜User｜>'), r1)).toBe(true);
  expect(isR1Family(vocabulary('<｜User｜>'), "{{ '<｜Assistant｜>' }}")).toBe(false);
  expect(isR1Family(vocabulary('<|im_start|>'), r1)).toBe(false);
  expect(isR1Family(vocabulary('<｜User｜>'), '')).toBe(false);
});
