/**
 * Every request of the page goes through here: to the server that served it and to no other, with
 * the key where there is one. A refusal is thrown as ServerProblem.
 */
import { problemOf, ServerProblem } from './problem.ts';

export interface ServerAccess {
  /** '' where none was entered. */
  readonly apiKey: () => string;
}

export interface RequestParts {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** `path` is relative, so that the page also works below a path of a proxy. */
export async function send(
  { apiKey }: ServerAccess,
  path: string,
  { body, signal }: RequestParts,
): Promise<Response> {
  const headers: Record<string, string> = {};
  if (apiKey() !== '') headers.authorization = `Bearer ${apiKey()}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      cache: 'no-store',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ServerProblem({ kind: 'unreachable' });
  }
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  throw new ServerProblem(problemOf(response.status, text));
}
