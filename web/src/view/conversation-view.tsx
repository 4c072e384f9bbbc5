/** The current conversation from its first question to the answer being written. */
import { useEffect } from 'preact/hooks';
import { AnswerView } from './answer-view.tsx';
import { useApp, useWords } from './app-context.ts';
import { EmptyState } from './empty-state.tsx';
import { IconButton } from './icon-button.tsx';
import { QuestionView } from './question-view.tsx';
import { useStickToBottom } from './use-stick-to-bottom.ts';
import { useStore } from './use-store.ts';

export function ConversationView() {
  const words = useWords();
  const { archive, chat } = useApp();
  const conversation = useStore(archive, () => archive.current);
  const isLoaded = useStore(archive, (state) => state.isLoaded);
  const writingIn = useStore(chat, (state) => state.writingIn);
  const messages = conversation?.messages ?? [];
  const { frame, content, isAway, toBottom } = useStickToBottom(conversation?.id);
  const hasBegun = conversation !== undefined && writingIn === conversation.id;
  useEffect(() => {
    if (hasBegun) toBottom(); // whoever asks wants to see the answer
  }, [hasBegun, toBottom]);
  return (
    <div class="scroller" ref={frame}>
      <div class="column" ref={content}>
        {conversation === undefined && isLoaded && <EmptyState />}
        {conversation !== undefined && (
          <section class="messages" aria-label={words.chat.title}>
            {messages.map((message) =>
              message.role === 'user' ? (
                <QuestionView
                  key={message.id}
                  conversationId={conversation.id}
                  question={message}
                />
              ) : (
                <AnswerView key={message.id} conversationId={conversation.id} answer={message} />
              ),
            )}
          </section>
        )}
      </div>
      {isAway && (
        <IconButton icon="down" label={words.chat.toLatest} class="to-latest" onClick={toBottom} />
      )}
    </div>
  );
}
