/**
 * The command from a clone: where it serves the chat page, the page is built first if it must be.
 * Without a page the server still serves its APIs, so a build that fails is said and no more.
 */
import { ensurePage } from './build-page.ts';

if (['start', 'serve'].includes(process.argv[2] ?? '')) {
  try {
    await ensurePage((text) => process.stderr.write(`${text}\n`));
  } catch (cause) {
    process.stderr.write(`The chat page could not be built: ${cause}\n`);
  }
}
await import('../src/cli/main.ts');
