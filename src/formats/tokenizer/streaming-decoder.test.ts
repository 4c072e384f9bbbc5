import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../base/mulberry32.ts';
import { Utf8StreamingDecoder } from './streaming-decoder.ts';

/** A vocabulary of the 256 bytes: id = byte. */
const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
const byteTokens = {
  bytes: (id: number) => bytes[id],
  wholeText: (id: number) => (id < 0x80 ? String.fromCharCode(id) : undefined),
};

function push(...ids: number[]): string[] {
  const decoder = new Utf8StreamingDecoder(byteTokens);
  return [...ids.map((id) => decoder.push(id)), decoder.flush()];
}

describe('bytes become text as soon as they are certain', () => {
  test.each([
    ['a whole character when its last byte comes', [0xe4, 0xbd, 0xa0], ['', '', '你', '']],
    ['four bytes', [0xf0, 0x9f, 0x8e, 0x89], ['', '', '', '🎉', '']],
    ['an unfinished one only at the end', [0xf0, 0x9f, 0x8e], ['', '', '', '\ufffd']],
    ['a lead byte cut short by a letter', [0xe4, 0x41], ['', '\ufffdA', '']],
    ['a byte that can begin nothing', [0xff, 0x80, 0xc0], ['\ufffd', '\ufffd', '\ufffd', '']],
    ['an overlong form', [0xe0, 0x80, 0x80], ['', '\ufffd\ufffd', '\ufffd', '']],
    ['a surrogate', [0xed, 0xa0, 0x80], ['', '\ufffd\ufffd', '\ufffd', '']],
    ['past U+10FFFF', [0xf4, 0x90], ['', '\ufffd\ufffd', '']],
    ['one lead after another', [0xc3, 0xc3, 0xa9], ['', '\ufffd', 'é', '']],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], ['', '', '\ufeff', 'a', '']],
  ])('%s', (_, ids, texts) => {
    expect(push(...ids)).toEqual(texts);
  });
});

test('joined, the pieces are what decoding all bytes at once gives, for 20,000 random runs', () => {
  const random = mulberry32(3);
  const leads = [0x41, 0x80, 0xa0, 0xbf, 0xc2, 0xe0, 0xe4, 0xed, 0xef, 0xf0, 0xf4, 0xf5];
  const whole = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let run = 0; run < 20_000; run++) {
    const ids = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
      random() < 0.6 ? leads[Math.floor(random() * leads.length)] : Math.floor(random() * 256),
    );
    const pieces = push(...ids);
    if (pieces.join('') !== whole.decode(Uint8Array.from(ids))) {
      expect(pieces.join(''), ids.join(' ')).toBe(whole.decode(Uint8Array.from(ids)));
    }
  }
});

test('a token longer than the buffer is taken whole', () => {
  const long = new TextEncoder().encode('é'.repeat(500)).subarray(1);
  const decoder = new Utf8StreamingDecoder({ bytes: () => long, wholeText: () => undefined });
  expect(decoder.push(0)).toBe(`\ufffd${'é'.repeat(499)}`);
  expect(decoder.flush()).toBe('');
});
