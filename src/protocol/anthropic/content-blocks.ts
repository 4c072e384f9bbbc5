/**
 * Content blocks that requests may hold. Blocks of other types parse too: refusing them by name
 * and place says more than a schema's mismatch. `cache_control` is accepted everywhere and not
 * needed: every prompt is looked up in the prefix cache.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';

const maxBlocks = 10_000;
const id = z.string().min(1).max(256);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).max(maxBlocks);

const text = z.object({ type: z.literal('text'), text: z.string() });
const document = z.object({
  type: z.literal('document'),
  title: z.string().nullish(),
  source: z.object({
    type: z.string().max(64),
    data: z.string().nullish(),
    content: z.union([z.string(), list(text)]).nullish(),
  }),
});
const knownTypes: ReadonlySet<string> = new Set([
  ...['text', 'document', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result'],
]);
const other = z
  .object({ type: z.string().max(64) })
  .refine(({ type }) => !knownTypes.has(type))
  .transform(({ type }) => ({ type: 'other' as const, found: type }));

const resultBlock = z.union([z.discriminatedUnion('type', [text, document]), other]);
const block = z.union([
  z.discriminatedUnion('type', [
    text,
    document,
    z.object({
      type: z.literal('thinking'),
      thinking: z.string(),
      signature: z.string().nullish(),
    }),
    z.object({ type: z.literal('redacted_thinking') }),
    z.object({
      type: z.literal('tool_use'),
      id,
      name: z.string().min(1).max(128),
      input: z.record(z.string(), z.unknown()),
    }),
    z.object({
      type: z.literal('tool_result'),
      tool_use_id: id,
      content: z.union([z.string(), list(resultBlock)]).nullish(),
      is_error: z.boolean().nullish(),
    }),
  ]),
  other,
]);

export const contentField = z.union([z.string(), list(block)]);
export const systemField = z.union([z.string(), list(text)]).nullish();

export type Block = z.output<typeof block>;
export type ToolUseBlock = Extract<Block, { type: 'tool_use' }>;
export type ToolResultBlock = Extract<Block, { type: 'tool_result' }>;
type TextLikeBlock = z.output<typeof resultBlock>;

/** Between blocks of text; each is a piece of its own to those who send them. */
export const blockBreak = '\n\n';

export function resultText({ content, is_error }: ToolResultBlock, at: string): string {
  const text =
    typeof content === 'string'
      ? content
      : (content ?? []).map((one, i) => blockText(one, `${at}.content[${i}]`)).join(blockBreak);
  // A model sees no flag. Many tools say it themselves.
  return is_error && !/^\W{0,3}error/i.test(text) ? `Error: ${text}` : text;
}

/** Of a block that stands for text. */
export function blockText(block: TextLikeBlock, at: string): string {
  if (block.type === 'text') return block.text;
  if (block.type === 'document') return documentText(block, at);
  throw unreadable(at, `a block of type ${block.found}`);
}

function documentText({ title, source }: Extract<Block, { type: 'document' }>, at: string): string {
  const { content } = source;
  const lines =
    source.type === 'text'
      ? source.data
      : source.type === 'content' && content != null
        ? typeof content === 'string'
          ? content
          : content.map((part) => part.text).join(blockBreak)
        : undefined;
  if (lines == null) throw unreadable(`${at}.source`, `a document of type ${source.type}`);
  return title ? `${title}\n\n${lines}` : lines;
}

function unreadable(at: string, found: string) {
  return invalidField(at, found, 'text; this server reads no pictures and no PDF');
}
