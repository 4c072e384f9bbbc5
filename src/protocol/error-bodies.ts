/**
 * A failure as each API writes it: HTTP status and body. Clients choose their exception by status
 * and look at `type` and `code`, so both follow the API's own words.
 */
import type { ApiKind } from './api-kind.ts';
import type { Failure } from './failure.ts';

export interface WireError {
  readonly status: number;
  readonly body: object;
}

export function wireError(api: ApiKind, failure: Failure, requestId: string): WireError {
  return encoders[api](failure, requestId);
}

const encoders: Record<ApiKind, (failure: Failure, requestId: string) => WireError> = {
  openai: (failure) => ({
    status: failure.status,
    body: openaiBody(failure, openaiTypes[failure.status]),
  }),

  /** A body that is no JSON is 400, a value that is wrong 422 (quick_start/error_codes). */
  deepseek(failure) {
    const status = failure.code === 'request_invalid' ? 422 : failure.status;
    return { status, body: openaiBody(failure, deepseekTypes[status] ?? openaiTypes[status]) };
  },

  anthropic(failure, requestId) {
    const status = failure.code === 'queue_full' ? 529 : failure.status;
    const type = anthropicTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
    const message = anthropicMessage(failure);
    return { status, body: { type: 'error', error: { type, message }, request_id: requestId } };
  },

  ollama: ({ status, message }) => ({ status, body: { error: message } }),
};

/** Claude Code knows by these words that it has to shorten the conversation, and by how much. */
function anthropicMessage({ message, overflow }: Failure): string {
  if (overflow === undefined) return message;
  const { promptTokens, contextTokens } = overflow;
  return `prompt is too long: ${promptTokens} tokens > ${contextTokens} maximum. ${message}`;
}

function openaiBody({ status, message, param, code }: Failure, type: string | undefined): object {
  const fallback = status < 500 ? 'invalid_request_error' : 'server_error';
  const known = openaiCodes[code] ?? code;
  return { error: { message, type: type ?? fallback, param: param ?? null, code: known } };
}

/** Codes that clients compare with have OpenAI's names there. */
const openaiCodes: Record<string, string> = {
  ...{ model_not_served: 'model_not_found', api_key_missing: 'invalid_api_key' },
  ...{ api_key_unknown: 'invalid_api_key', rate_limited: 'rate_limit_exceeded' },
};

const openaiTypes: Record<number, string> = {
  403: 'permission_error',
  429: 'rate_limit_error',
};

const deepseekTypes: Record<number, string> = {
  401: 'authentication_error',
};

const anthropicTypes: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
