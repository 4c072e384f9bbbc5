import { expect, test } from 'vitest';
import { StopStrings } from './stop-strings.ts';

function feed(stops: string[], chunks: string[]) {
  const finder = new StopStrings(stops);
  const given = chunks.map((chunk) => finder.push(chunk));
  return { given, isStopped: finder.isStopped, rest: finder.flush() };
}

test('text passes at once where no stop string can have begun', () => {
  expect(feed(['END'], ['ab', 'cd'])).toEqual({ given: ['ab', 'cd'], isStopped: false, rest: '' });
  expect(feed([], ['ab'])).toEqual({ given: ['ab'], isStopped: false, rest: '' });
});

test('what may begin a stop string is held back, and given when it was none', () => {
  expect(feed(['END'], ['xE', 'N', 'joy'])).toEqual({
    given: ['x', '', 'ENjoy'],
    isStopped: false,
    rest: '',
  });
  expect(feed(['END'], ['xEN']).rest).toBe('EN');
});

test('a stop string over several tokens ends the text before it, and nothing of it leaks', () => {
  expect(feed(['END'], ['xE', 'N', 'D and more', 'y'])).toEqual({
    given: ['x', '', '', ''],
    isStopped: true,
    rest: '',
  });
});

test('of several the one that is complete first counts, of those the longest', () => {
  expect(feed(['b', 'ab'], ['xabb']).given).toEqual(['x']);
  expect(feed(['abab', 'b'], ['xabab']).given).toEqual(['xa']);
  expect(feed(['\n\n', 'User:'], ['hi\nUs', 'er: ', '\n\n']).given).toEqual(['hi\n', '', '']);
});

test('every cut of a text into pieces gives the same', () => {
  const text = 'aabaabaaabaabab';
  const stopLists = [['aaab'], ['abab', 'baaa'], ['abaabaaab'], ['c'], ['bab'], ['abab', 'b']];
  for (const stops of stopLists) {
    const whole = feed(stops, [text]);
    const different: string[][] = [];
    for (let mask = 0; mask < 2 ** (text.length - 1); mask++) {
      const chunks = [''];
      for (let i = 0; i < text.length; i++) {
        chunks[chunks.length - 1] += text[i];
        if ((mask >> i) & 1) chunks.push('');
      }
      const { given, rest } = feed(stops, chunks);
      if (given.join('') + rest !== whole.given.join('') + whole.rest) different.push(chunks);
    }
    expect(different).toEqual([]);
  }
});
