/** Bodies about models themselves. `name` is what `model` was called at first; clients send either. */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';
import { modelField } from './reply-fields.ts';

const names = { model: modelField.nullish(), name: modelField.nullish() };

export const showSchema = z.object({ ...names, verbose: z.boolean().nullish() });
export const pullSchema = z.object({
  ...names,
  stream: z.boolean().nullish(),
  /** Registries without TLS are not spoken to whatever it says. */
  insecure: z.boolean().nullish(),
});
/** What is refused needs no checking. */
export const anySchema = z.looseObject({}).optional();

export function nameIn({ model, name }: z.output<z.ZodObject<typeof names>>): string {
  const found = model ?? name;
  if (found == null) throw invalidField('model', 'nothing', 'the name of a model');
  return found;
}
