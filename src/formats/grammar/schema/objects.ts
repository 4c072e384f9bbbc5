/**
 * Objects under several schemas at once. Properties come in the schema's order, then others. An
 * object whose schema names properties and says nothing of others has no others: a model would
 * ramble. Where others are said, their names are held too.
 */
import { choice, type Grammar, literal, never, repeat, sequence } from '../grammar.ts';
import { bracketed, colon, comma } from '../json-text.ts';
import type { Alternative } from './alternatives.ts';
import { otherMembers } from './other-members.ts';
import { ownProperties, type Property } from './properties.ts';
import { readCounts } from './read-keyword.ts';
import { unsupported } from './refusal.ts';
import type { ValueGrammars } from './value-grammar.ts';

export function objectGrammar(
  alternative: Alternative,
  name: string,
  values: ValueGrammars,
): Grammar {
  const [{ pointer }] = alternative;
  const counts = readCounts(alternative, 'minProperties', 'maxProperties');
  const properties = ownProperties(alternative, values);
  const others = otherMembers(alternative, properties, name, values);
  const { max } = counts;
  // A proof may take more for possible than is.
  const min = values.isProof ? 0 : counts.min;
  if (others !== undefined && min > properties.length + 1) {
    const found = `minProperties ${min} where names are free: one could come twice`;
    throw unsupported(`${pointer}/minProperties`, found, 'Name the properties, or ask for 1.');
  }
  return bracketed('{', members({ properties, others, min, max, name, pointer, values }), '}');
}

interface Members {
  readonly properties: readonly Property[];
  readonly others: Grammar | undefined;
  readonly min: number;
  readonly max: number | undefined;
  readonly name: string;
  readonly pointer: string;
  readonly values: ValueGrammars;
}

/**
 * From the last property back: what may follow when `count` members are there. Counts are told
 * apart as far as anything depends on them.
 */
function members(parts: Members): Grammar {
  const { properties, others, min, max, name, pointer, values } = parts;
  const highest = Math.max(1, min, max ?? 0);
  const top = Math.min(highest, properties.length + 1);
  const before = (count: number) => (count === 0 ? [] : [comma]);
  let after = Array.from({ length: top + 1 }, (_, count): Grammar => {
    const end = count >= min ? [literal('')] : [];
    const room = max === undefined ? undefined : max - count - 1;
    const isRoom = room === undefined || room >= 0;
    if (others === undefined || count + 1 < min || !isRoom) return choice(...end);
    const more = repeat(sequence(comma, others), 0, room);
    return choice(...end, sequence(...before(count), others, more));
  });
  for (let i = properties.length - 1; i >= 0; i--) {
    const { key, value, isRequired } = properties[i];
    after = after.map((skip, count) => {
      const isRoom = max === undefined || count < max;
      const next = after[Math.min(count + 1, top)];
      const member = isRoom
        ? sequence(...before(count), literal(JSON.stringify(key)), colon, value, next)
        : never;
      const body = isRequired ? member : choice(member, skip);
      // Named: many ways lead here, and each is written once.
      return values.addRule(`${name} ${i} ${count}`, body, pointer);
    });
  }
  return after[0];
}
