import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../base/mulberry32.ts';
import { tokenizerConfig, tokenizerJson } from '../tokenizer/fixtures/fixture.ts';
import { tokenizerFromJson } from '../tokenizer/tokenizer-json.ts';
import { ReasoningParser, type ReplyPiece, reasoningParserFor } from './reasoning-parser.ts';

type Split = [reasoning: string, text: string];

function joined(pieces: readonly ReplyPiece[]): Split {
  const of = (type: string) =>
    pieces
      .filter((piece) => piece.type === type)
      .map((piece) => piece.text)
      .join('');
  return [of('reasoning'), of('text')];
}

function parse(chunks: readonly string[], startsInReasoning: boolean): Split {
  const parser = new ReasoningParser({ startsInReasoning });
  return joined([...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.flush()]);
}

/** [reply, in reasoning from the start?, reasoning, answer] */
const cases: [string, boolean, string, string][] = [
  ['Hm.\n</think>\n\nHi', true, 'Hm.', 'Hi'],
  ['\nHm.</think>Hi', true, 'Hm.', 'Hi'],
  ['<think>\nHm.\n</think>\n\nHi', false, 'Hm.', 'Hi'],
  ['<think>\n\n</think>\n\nHi', false, '', 'Hi'],
  ['\n</think>\n\nHi', true, '', 'Hi'],
  ['</think>Hi', true, '', 'Hi'],
  ['no end in sight', true, 'no end in sight', ''],
  ['', true, '', ''],
  ['Hi', false, '', 'Hi'],
  ['Sure.\n<think>\nHm.\n</think>\n\nHi', false, 'Hm.', 'Sure.\nHi'],
  ['<think>a</think>b<think>c</think>d', false, 'a', 'b<think>c</think>d'],
  ['a<think>b</think>c', true, 'a<think>b', 'c'],
  ['<think>\nHm.\n</think>\nHi', true, 'Hm.', 'Hi'],
  ['</think>\n\nHi', false, '', 'Hi'],
  ['see </think> here', false, '', 'see </think> here'],
  ['a < b </thin> c</think>d </think>', true, 'a < b </thin> c', 'd </think>'],
  ['one\n\ntwo\n\n\n</think>\r\n\r\n  Hi\n', true, 'one\n\ntwo\n\n', '  Hi\n'],
  ['1 <', false, '', '1 <'],
  ['x</thi', true, 'x</thi', ''],
  ['x\n', true, 'x\n', ''],
  ['<think>x', false, 'x', ''],
  ['你好</think>\n\n🎉', true, '你好', '🎉'],
];

describe('a reply is split the same however it comes', () => {
  test.each(cases)('%j, starting inside: %j', (reply, inside, reasoning, text) => {
    expect(parse([reply], inside)).toEqual([reasoning, text]);
    expect(parse(reply.split(''), inside)).toEqual([reasoning, text]);
    const random = mulberry32(reply.length);
    for (let round = 0; round < 50; round++) {
      const chunks: string[] = [];
      for (let at = 0; at < reply.length; ) {
        const length = 1 + Math.floor(random() * 9);
        chunks.push(reply.slice(at, at + length));
        at += length;
      }
      expect(parse(chunks, inside)).toEqual([reasoning, text]);
    }
  });
});

test('never more than a tag is held back, and plain text not at all', () => {
  const parser = new ReasoningParser({ startsInReasoning: true });
  expect(parser.push('thinking')).toEqual([{ type: 'reasoning', text: 'thinking' }]);
  expect(parser.push(' a\n</thin')).toEqual([{ type: 'reasoning', text: ' a' }]);
  expect(parser.push('g')).toEqual([{ type: 'reasoning', text: '\n</thing' }]);
  expect(parser.isReasoning).toBe(true);
  expect(parser.push('</think>')).toEqual([]);
  expect(parser.isReasoning).toBe(false);
  expect(parser.push('\n\n')).toEqual([]);
  expect(parser.push('a </think')).toEqual([{ type: 'text', text: 'a </think' }]);
});

describe('where the tags are tokens', () => {
  const tokenizer = tokenizerFromJson(tokenizerJson('deepseek-v3'), tokenizerConfig);

  function parseIds(ids: readonly number[], inside: boolean): Split {
    const parser = reasoningParserFor(tokenizer, inside);
    const decoder = tokenizer.decoder();
    const pieces = ids.flatMap((id) => parser.push(decoder.push(id), id));
    return joined([...pieces, ...parser.push(decoder.flush()), ...parser.flush()]);
  }

  test.each(cases)('%j, starting inside: %j', (reply, inside, reasoning, text) => {
    expect(parseIds(tokenizer.encode(reply, { special: true }), inside)).toEqual([reasoning, text]);
  });

  test('the same letters as ordinary text are text', () => {
    const plain = tokenizer.encode('say </think> aloud', { special: false });
    const close = tokenizer.tokenId('</think>')!;
    expect(parseIds([...plain, close, ...plain], true)).toEqual([
      'say </think> aloud',
      'say </think> aloud',
    ]);
  });

  test('text is not held back for a tag that cannot come in pieces', () => {
    const parser = reasoningParserFor(tokenizer, true);
    expect(parser.push('a <', tokenizer.tokenId('<')!)).toEqual([
      { type: 'reasoning', text: 'a <' },
    ]);
  });

  test('half a character before the tag is lost to neither side', () => {
    const lead = tokenizer.tokenId('Ã')!; // the byte C3, which begins é
    const close = tokenizer.tokenId('</think>')!;
    expect(parseIds([lead, close, ...tokenizer.encode('x', { special: false })], true)).toEqual([
      '\ufffd',
      'x',
    ]);
  });
});
