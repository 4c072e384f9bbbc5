/** Any AbortSignal ends a request and frees what it held; leaving the loop does too. */
import { load } from 'sampan';

await using model = await load('nano');
const controller = new AbortController();
try {
  for await (const text of model.generate('1 2 3 4', { signal: controller.signal })) {
    process.stdout.write(text);
    controller.abort();
  }
} catch (cause) {
  if ((cause as Error).name !== 'AbortError') throw cause;
  console.log('(stopped)');
}
