/** What went wrong has a code, its values, and a remedy. */
import { load, SampanError } from 'sampan';

try {
  await using model = await load('./no-such-model.gguf');
  console.log(model.info.name);
} catch (cause) {
  if (!(cause instanceof SampanError)) throw cause;
  console.log(`${cause.code}: ${cause.message} ${cause.remedy}`);
}
