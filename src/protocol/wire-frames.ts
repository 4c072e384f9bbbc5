/** Events on the wire: server-sent events and NDJSON, as text. */

export interface SseEvent {
  /** The `event:` line; OpenAI's and DeepSeek's chat streams have none. */
  readonly event?: string;
  /** A string goes out as it is (`[DONE]`), anything else as JSON: neither holds a line break. */
  readonly data: unknown;
}

export function encodeSse({ event, data }: SseEvent): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return event === undefined ? `data: ${text}\n\n` : `event: ${event}\ndata: ${text}\n\n`;
}

/** Says that the connection lives; readers of events pass over it. */
export const sseKeepAlive = ': keep-alive\n\n';

export function encodeNdjson(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
