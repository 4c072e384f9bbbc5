/**
 * What `run` and `start` have in common: find out what is asked (words, stdin, a person at the
 * terminal, or nobody), load the model, answer, close it.
 */
import { error } from '../base/errors.ts';
import type { ChatMessage } from '../engine/chat.ts';
import type { LoadedModel } from '../engine/loaded-model.ts';
import { type AnswerOptions, chatOptions, loadOptions } from './answer-options.ts';
import { type ChatSettings, chatLoop } from './chat-loop.ts';
import { openModel } from './open-model.ts';
import { printEvents, printFailure } from './print-events.ts';
import { printReply } from './print-reply.ts';
import { interruptible, isInteractive, paint, type Terminal } from './terminal.ts';

/** Asked where nobody asks anything: what the embedded model is good at, in its three languages. */
export const builtInQuestions = [
  'What is 37 * 48?',
  '9.9 và 9.11, số nào lớn hơn?',
  'strawberry里有几个r？',
];

const maxStdinBytes = 16 * 1024 * 1024;

export interface Conversation {
  readonly model: string;
  /** One question each; undefined: a chat. */
  readonly questions: readonly string[] | undefined;
  readonly options: AnswerOptions;
  readonly terminal: Terminal;
  /** Called with the loaded model, before the first answer. */
  readonly onLoaded?: (model: LoadedModel) => void;
}

export interface Asked extends Pick<Conversation, 'options' | 'terminal'> {
  readonly questions: readonly string[];
  /** Nobody typed them. */
  readonly showsQuestions: boolean;
}

/** What is asked by words, by stdin where `readsStdin`, or by nobody; undefined: a person will ask. */
export async function questionsOf(
  words: readonly string[],
  terminal: Terminal,
  options: { readonly readsStdin: boolean; readonly json: boolean },
): Promise<readonly string[] | undefined> {
  if (words.length > 0) return [words.join(' ')];
  if (isInteractive(terminal) && !options.json) return undefined;
  if (options.readsStdin && !terminal.stdin.isTTY) {
    const text = await readAll(terminal);
    if (text !== '') return [text];
  }
  return builtInQuestions;
}

export async function converse(conversation: Conversation): Promise<void> {
  try {
    await answer(conversation);
  } catch (cause) {
    if (conversation.options.json) printFailure(cause, conversation.terminal);
    throw cause;
  }
}

async function answer(conversation: Conversation): Promise<void> {
  const { terminal, options, questions } = conversation;
  await using model = await interruptible(terminal, (signal) =>
    openModel(conversation.model, terminal, signal, loadOptions(options)),
  );
  conversation.onLoaded?.(model);
  if (questions === undefined) return await chatLoop(model, chatSettings(options), terminal);
  const asked = { ...conversation, questions, showsQuestions: questions.length > 1 };
  await interruptible(terminal, (signal) => ask(model, asked, signal));
}

export async function ask(
  model: LoadedModel,
  { questions, showsQuestions, options, terminal }: Asked,
  signal: AbortSignal,
): Promise<void> {
  const settings = chatSettings(options);
  for (const question of questions) {
    const reply = model.chat(asMessages(settings.system, question), { ...settings.chat, signal });
    if (options.json) {
      await printEvents(reply, model.info, terminal, settings);
      continue;
    }
    if (showsQuestions) {
      terminal.stdout.write(`${paint(terminal.stdout, 'bold', `> ${question}`)}\n`);
    }
    await printReply(reply, model.info, terminal, settings);
  }
}

function chatSettings(options: AnswerOptions): ChatSettings {
  const { system, hideThinking = false } = options;
  return { chat: chatOptions(options), system, hideThinking };
}

function asMessages(system: string | undefined, question: string): ChatMessage[] {
  const user: ChatMessage = { role: 'user', content: question };
  return system === undefined ? [user] : [{ role: 'system', content: system }, user];
}

async function readAll({ stdin }: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk as Uint8Array));
    bytes += (chunk as Uint8Array).length;
    if (bytes > maxStdinBytes) {
      const found = `more than ${maxStdinBytes} bytes`;
      throw error('invalid_option', { name: 'stdin', found, expected: 'a question that fits' });
    }
  }
  return Buffer.concat(chunks).toString('utf8').trim();
}
