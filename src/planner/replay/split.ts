/**
 * Which half of the published results a curve belongs to: the factors are fitted to one half and the
 * error is reported on the other. The rule is stated so that anybody can check it: FNV-1a, 32 bits,
 * of the curve's name in UTF-8; even = fit, odd = check. Points of one curve always stay together.
 */
export type Half = 'fit' | 'check';

export function half(curve: string): Half {
  return fnv1a(curve) % 2 === 0 ? 'fit' : 'check';
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
