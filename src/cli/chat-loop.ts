/**
 * A conversation in a terminal. Ctrl-C stops the answer that is being written; at the prompt it
 * leaves, as Ctrl-D does. Several lines pasted at once are one message.
 */
import { createInterface } from 'node:readline';
import type { ChatMessage } from '../engine/chat.ts';
import type { ChatOptions } from '../engine/loaded-model.ts';
import { explain, isAbort, isUserSituation } from './failure.ts';
import { type Answerer, printReply } from './print-reply.ts';
import { interruptible, paint, type Terminal } from './terminal.ts';

/** Lines that arrive this soon after another were pasted with it. */
const pasteGapMs = 20;

export interface ChatSettings {
  readonly chat: ChatOptions;
  readonly system: string | undefined;
  readonly hideThinking: boolean;
}

export async function chatLoop(
  model: Answerer,
  settings: ChatSettings,
  terminal: Terminal,
): Promise<void> {
  const { stderr } = terminal;
  const dim = (text: string) => stderr.write(`${paint(stderr, 'dim', text)}\n`);
  const opening: ChatMessage[] =
    settings.system === undefined ? [] : [{ role: 'system', content: settings.system }];
  let messages = [...opening];
  const history: string[] = [];
  dim('Ctrl-C stops an answer. /new starts over. /bye, Ctrl-D or Ctrl-C here leaves.');

  for (;;) {
    const text = await readMessage(terminal, history);
    if (text === undefined || text === '/bye') return;
    if (text === '') continue;
    if (text === '/new') {
      messages = [...opening];
      dim('A new conversation.');
      continue;
    }
    messages.push({ role: 'user', content: text });
    try {
      const answer = await interruptible(terminal, (signal) =>
        printReply(
          model.chat(messages, { ...settings.chat, signal }),
          model.info,
          terminal,
          settings,
        ),
      );
      messages.push({ role: 'assistant', content: answer });
    } catch (cause) {
      // The question is taken back: the conversation stays one that can go on.
      messages.pop();
      if (isAbort(cause)) dim('(stopped)');
      else if (isUserSituation(cause)) stderr.write(explain(cause));
      else throw cause;
    }
  }
}

/** undefined when the person leaves. */
function readMessage(terminal: Terminal, history: string[]): Promise<string | undefined> {
  const lines: string[] = [];
  return new Promise((resolve) => {
    const reader = createInterface({
      input: terminal.stdin,
      output: terminal.stdout,
      terminal: true,
      history: [...history],
      prompt: paint(terminal.stdout, 'bold', '> '),
    });
    let paste: NodeJS.Timeout | undefined;
    reader.on('history', (entries) => history.splice(0, history.length, ...entries));
    reader.on('line', (line) => {
      lines.push(line);
      clearTimeout(paste);
      paste = setTimeout(() => reader.close(), pasteGapMs);
    });
    reader.on('SIGINT', () => {
      lines.length = 0;
      reader.close();
    });
    reader.on('close', () => {
      clearTimeout(paste);
      if (lines.length === 0) terminal.stdout.write('\n'); // the prompt's line is left open
      resolve(lines.length === 0 ? undefined : lines.join('\n').trim());
    });
    reader.prompt();
  });
}
