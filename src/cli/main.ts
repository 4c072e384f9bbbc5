#!/usr/bin/env node
/** The `sampan` command. Everything it does is in program.ts; here only what concerns the process. */
import { enableCompileCache } from 'node:module';

// `sampan … | head` closes our output early: that is no error of anyone's.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') process.exit(0);
    throw cause;
  });
}

// Compiled code is kept in the system's temporary folder: a start takes a third of the time.
enableCompileCache();
const { runCli } = await import('./program.ts');
process.exitCode = await runCli(process.argv.slice(2));
