#!/usr/bin/env node
/** The `sampan` command. Everything it does is in program.ts; here only what concerns the process. */
import module from 'node:module';

const [release, minor] = process.versions.node.split('.').map(Number) as [number, number];
if (release < 22 || (release === 22 && minor < 18)) {
  process.stderr.write(
    `error: this is Node ${process.versions.node}; sampan needs 22.18 or newer.\n`,
  );
  process.exit(1);
}

// `sampan … | head` closes our output early: that is no error of anyone's.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') process.exit(0);
    throw cause;
  });
}

// Compiled code is kept in the system's temporary folder: a start takes a third of the time.
module.enableCompileCache();
const { exitCodeOf, explain } = await import('./failure.ts');
process.on('uncaughtException', (cause) => {
  process.stderr.write(explain(cause));
  process.exit(exitCodeOf(cause));
});
const { runCli } = await import('./program.ts');
process.exitCode = await runCli(process.argv.slice(2));
