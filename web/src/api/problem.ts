/**
 * What can go wrong between page and server, as kinds that the dictionaries have words for. The
 * server's own words come along as `detail`; they are text, and shown as text.
 */
export type ProblemKind =
  | 'unreachable'
  | 'unauthorized'
  | 'busy'
  | 'tooLong'
  | 'notServed'
  | 'refused'
  | 'server';

export interface Problem {
  readonly kind: ProblemKind;
  readonly detail?: string;
}

/** Past this much a message is no explanation any more. */
const maxDetailLength = 600;

export class ServerProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.kind);
    this.problem = problem;
  }
}

/** An answer that is not 2xx. Its body may be an error object, some proxy's HTML, or nothing. */
export function problemOf(status: number, body: string): Problem {
  const { code, message } = errorIn(body);
  return withDetail(kindOf(status, `${code} ${message}`), message);
}

/** An `error` frame in the middle of a stream, where the status was long sent. */
export function problemInStream(error: unknown): Problem {
  const { code, message } = fields(error);
  return withDetail(kindOf(500, `${code} ${message}`), message);
}

function kindOf(status: number, words: string): ProblemKind {
  if (status === 401) return 'unauthorized';
  if (/model_not|not_served/i.test(words)) return 'notServed';
  if (/context/i.test(words) && status < 500) return 'tooLong';
  if (status === 429 || status === 503) return 'busy';
  return status >= 500 ? 'server' : 'refused';
}

function withDetail(kind: ProblemKind, message: string): Problem {
  const detail = message.trim().slice(0, maxDetailLength);
  return detail === '' ? { kind } : { kind, detail };
}

function errorIn(body: string): { code: string; message: string } {
  try {
    return fields((JSON.parse(body) as { error?: unknown }).error);
  } catch {
    return { code: '', message: '' }; // HTML of a proxy says nothing to the reader
  }
}

function fields(error: unknown): { code: string; message: string } {
  if (typeof error === 'string') return { code: '', message: error };
  const { code, type, message } = (error ?? {}) as Record<string, unknown>;
  return {
    code: `${code ?? ''} ${type ?? ''}`,
    message: typeof message === 'string' ? message : '',
  };
}
