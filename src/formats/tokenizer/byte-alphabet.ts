/**
 * The byte-level alphabet of GPT-2: each byte has one printable character, so that a vocabulary
 * file is text. Printable Latin-1 stands for itself; the other 68 bytes take U+0100 and up.
 */
const charOfByte: readonly string[] = buildAlphabet();
/** By UTF-16 unit; -1 = none. A vocabulary is read with it whole, so it is a table. */
const byteOfUnit = new Int16Array(0x200).fill(-1);
charOfByte.forEach((char, byte) => {
  byteOfUnit[char.charCodeAt(0)] = byte;
});

const utf8 = new TextEncoder();

/** A vocabulary entry's bytes. A token with a character outside the alphabet is its own UTF-8. */
export function bytesOfToken(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteOfUnit[token.charCodeAt(i)] ?? -1;
    if (byte < 0) return utf8.encode(token);
    bytes[i] = byte;
  }
  return bytes;
}

/** The vocabulary entry that these bytes would be. */
export function tokenOfBytes(bytes: Uint8Array): string {
  let token = '';
  for (const byte of bytes) token += charOfByte[byte];
  return token;
}

function buildAlphabet(): string[] {
  const isOwnChar = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(isOwnChar(byte) ? byte : next++),
  );
}
