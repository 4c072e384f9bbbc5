/**
 * The body of a request as a value: bounded in bytes and in depth, JSON only. What it holds is the
 * schemas' to check.
 */
import { error } from '../base/errors.ts';
import type { ServerRequest } from './server-context.ts';
import type { ServerSettings } from './settings.ts';

/** undefined where there is no body. */
export async function readJson(
  c: ServerRequest,
  { maxBodyBytes, maxJsonDepth }: Pick<ServerSettings, 'maxBodyBytes' | 'maxJsonDepth'>,
): Promise<unknown> {
  checkContentType(c);
  const text = await readText(c, maxBodyBytes);
  return text === '' ? undefined : parse(text, maxJsonDepth);
}

/** Ollama's own server takes any type and its documentation sends none; what posts across sites is refused elsewhere. */
function checkContentType(c: ServerRequest): void {
  const type = c.req.header('content-type');
  if (type === undefined || c.get('api') === 'ollama') return;
  if (/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) return;
  throw error('content_type_unsupported', { found: type });
}

async function readText(c: ServerRequest, maxBytes: number): Promise<string> {
  const { body } = c.req.raw;
  const tooLarge = () => error('request_too_large', { expected: maxBytes });
  if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw tooLarge();
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw error('request_not_json', { reason: 'it is not UTF-8' });
  }
}

function parse(text: string, maxDepth: number): unknown {
  checkDepth(text, maxDepth);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw error('request_not_json', { reason: (cause as Error).message });
  }
}

/** Before parsing, by brackets outside strings: whatever walks the value later may recurse. */
function checkDepth(text: string, maxDepth: number): void {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (isInString) {
      if (char === backslash) i++;
      else if (char === quote) isInString = false;
    } else if (char === quote) isInString = true;
    else if (char === openBrace || char === openBracket) {
      if (++depth > maxDepth) throw error('request_too_deep', { expected: maxDepth });
    } else if (char === closeBrace || char === closeBracket) depth--;
  }
}

const [quote, backslash] = [0x22, 0x5c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
