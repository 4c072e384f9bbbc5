/** What went wrong with a request, before it takes the form of one of the APIs. */
export interface Failure {
  readonly status: number;
  /** As in docs/errors.md; `internal_error` for a bug of ours. */
  readonly code: string;
  readonly message: string;
  /** The field of the request that is wrong, as in `messages[0].content`. */
  readonly param?: string;
  /** For 429 and 503: when to try again. */
  readonly retryAfterSeconds?: number;
  /** Where a prompt is too long: its tokens, and those of the context. */
  readonly overflow?: { readonly promptTokens: number; readonly contextTokens: number };
}
