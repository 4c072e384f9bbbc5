/**
 * The exact value of an expression of whole numbers, + - * / and brackets, and the numbers it uses:
 * what a countdown puzzle's answer is checked with. undefined for anything else, and for a division
 * by zero.
 */

export interface Evaluated {
  /** Numerator over denominator, the denominator above 0, in lowest terms. */
  readonly value: readonly [bigint, bigint];
  readonly used: readonly number[];
}

const maxChars = 200;
const maxDepth = 20;
/** Thrown and caught here alone. */
const notArithmetic = Symbol('not arithmetic');

type Fraction = readonly [bigint, bigint];

export function evaluate(text: string): Evaluated | undefined {
  const tokens = text.length <= maxChars ? text.match(/\d+|\S/g) : null;
  if (tokens === null) return undefined;
  const used: number[] = [];
  let next = 0;

  const sum = (depth: number): Fraction => {
    let value = product(depth);
    while (tokens[next] === '+' || tokens[next] === '-') {
      const isMinus = tokens[next++] === '-';
      const [n, d] = product(depth);
      value = fraction(value[0] * d + (isMinus ? -n : n) * value[1], value[1] * d);
    }
    return value;
  };
  const product = (depth: number): Fraction => {
    let value = factor(depth);
    while (tokens[next] === '*' || tokens[next] === '/') {
      const isOver = tokens[next++] === '/';
      const [n, d] = factor(depth);
      value = isOver ? fraction(value[0] * d, value[1] * n) : fraction(value[0] * n, value[1] * d);
    }
    return value;
  };
  const factor = (depth: number): Fraction => {
    const token = tokens[next++];
    if (token === '(' && depth < maxDepth) {
      const value = sum(depth + 1);
      if (tokens[next++] !== ')') throw notArithmetic;
      return value;
    }
    if (token === undefined || !/^\d{1,15}$/.test(token)) throw notArithmetic;
    used.push(Number(token));
    return [BigInt(token), 1n];
  };

  try {
    const value = sum(0);
    return next === tokens.length ? { value, used } : undefined;
  } catch (cause) {
    if (cause === notArithmetic) return undefined;
    throw cause;
  }
}

function fraction(numerator: bigint, denominator: bigint): Fraction {
  if (denominator === 0n) throw notArithmetic;
  const sign = denominator < 0n ? -1n : 1n;
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator * sign];
  while (b !== 0n) [a, b] = [b, a % b];
  return [(numerator * sign) / a, (denominator * sign) / a];
}
