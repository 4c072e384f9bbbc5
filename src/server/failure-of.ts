/** What was thrown while a request was served → a failure that can be told to its client. */
import { SampanError } from '../base/errors.ts';
import type { Failure } from '../protocol/failure.ts';

/** undefined: the client has gone, and nobody is to be told. */
export function failureOf(cause: unknown, signal: AbortSignal): Failure | undefined {
  if (cause instanceof SampanError) return ofSituation(cause);
  if (signal.aborted) return undefined;
  // A bug of ours: its text may hold anything, so only the log has it.
  const message = 'Internal error. The log of the server has it under this request id.';
  return { status: 500, code: 'internal_error', message };
}

function ofSituation({ status, code, message, remedy, fields }: SampanError): Failure {
  const param = fields.param ?? (code === 'invalid_option' ? snakeCase(fields.name) : undefined);
  const { retryAfterSeconds, promptTokens, contextTokens } = fields;
  return {
    status,
    code,
    message: remedy === '' ? message : `${message} ${remedy}`,
    ...(param !== undefined && { param: String(param) }),
    ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
    ...(code === 'context_length_exceeded' && {
      overflow: { promptTokens: Number(promptTokens), contextTokens: Number(contextTokens) },
    }),
  };
}

/** Options of the library are named as in the APIs, but for the case. */
function snakeCase(name: unknown): string {
  return String(name).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
