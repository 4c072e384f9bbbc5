/** Refusals for what a schema cannot say: how fields depend on each other. */
import { error } from '../base/errors.ts';

/** `param` as in `messages[0].content`; the other two are read by people. */
export function invalidField(param: string, found: string, expected: string) {
  return error('request_invalid', { param, reason: `found ${found}, expected ${expected}` });
}
