/** Messages of a chat, with the field names chat templates read. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  /** null where an assistant only called tools. */
  readonly content: string | null;
  readonly reasoning_content?: string;
  /** Calls of tools by an assistant; each is answered by a message of the role tool. */
  readonly tool_calls?: readonly ToolCall[];
  /** Which call a tool answers. */
  readonly tool_call_id?: string;
  readonly name?: string;
}

export interface ToolCall {
  /** Given back as it came, the call is rendered as the model wrote it. */
  readonly id?: string;
  readonly type?: string;
  readonly function: {
    readonly name: string;
    /** JSON of an object, or the object. */
    readonly arguments: string | Readonly<Record<string, unknown>>;
  };
}
