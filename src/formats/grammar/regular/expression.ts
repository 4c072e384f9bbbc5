/** Regular expressions as data, over code points. */
import { charactersOf } from '../code-points.ts';
import type { CodePointRange } from '../grammar.ts';

export type Expression =
  | { readonly kind: 'set'; readonly ranges: readonly CodePointRange[] }
  | { readonly kind: 'concat'; readonly items: readonly Expression[] }
  | { readonly kind: 'either'; readonly options: readonly Expression[] }
  | {
      readonly kind: 'repeat';
      readonly item: Expression;
      readonly min: number;
      readonly max: number | undefined;
    }
  /** Nothing, and only there: `^` and `$`. */
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

export const set = (...ranges: CodePointRange[]): Expression => ({ kind: 'set', ranges });
export const concat = (...items: Expression[]): Expression => ({ kind: 'concat', items });
export const either = (...options: Expression[]): Expression => ({ kind: 'either', options });
export const times = (item: Expression, min: number, max?: number): Expression => ({
  ...{ kind: 'repeat', item, min, max },
});
export const text = (chars: string): Expression =>
  concat(...charactersOf(chars).map((r) => set(r)));
export const anyChar: Expression = set([0, 0x10ffff]);
