import { expect, test } from 'vitest';
import { z } from 'zod';
import { invalidField } from './invalid-field.ts';

const content = z.union([
  z.string(),
  z.array(z.object({ type: z.literal('text'), text: z.string() })),
]);
const request = z.object({
  messages: z.array(z.object({ role: z.enum(['user', 'system']), content })),
  top_p: z.number().max(1).optional(),
});

function fieldOf(value: unknown) {
  const { error } = request.safeParse(value);
  return invalidField(error as z.ZodError);
}

test('names the field as people write it', () => {
  const message = { role: 'user', content: 'hi' };
  expect(fieldOf({ messages: [message, { ...message, role: 'x' }] })).toMatchObject({
    param: 'messages[1].role',
    reason: expect.stringContaining('"user"|"system"'),
  });
  expect(fieldOf({ messages: [], top_p: 2 })).toMatchObject({ param: 'top_p' });
  expect(fieldOf([])).toMatchObject({ param: 'body' });
});

test('of a union the alternative that came furthest speaks', () => {
  const parts = [{ type: 'text', text: 3 }];
  expect(fieldOf({ messages: [{ role: 'user', content: parts }] })).toMatchObject({
    param: 'messages[0].content[0].text',
    reason: expect.stringContaining('expected string'),
  });
});
