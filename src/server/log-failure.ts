/** A failure that is ours goes to the log, with the stack where it is a bug. Never what was sent. */
import type { Failure } from '../protocol/failure.ts';
import type { ServerContext, ServerRequest } from './server-context.ts';

export function logFailure(
  c: ServerRequest,
  { log }: Pick<ServerContext, 'log'>,
  failure: Failure,
  cause: unknown,
): void {
  const { code, status, message } = failure;
  if (status < 500) return;
  const isBug = code === 'internal_error';
  const stack = isBug && cause instanceof Error ? stackOf(cause) : undefined;
  log.error('request failed', { requestId: c.get('requestId'), code, stack: stack ?? message });
}

/** Without the message: it may hold parts of what was sent. */
function stackOf({ name, stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return [name, ...frames].join('\n');
}
