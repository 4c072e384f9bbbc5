/**
 * Claude Code begins its system prompt with `x-anthropic-billing-header: cc_version=…; cch=…;`, a
 * line about billing whose hash differs in every request. It says nothing to a model, and at the
 * front of the prompt it makes the prefix cache miss everything behind it (LM Studio #1229,
 * claude-code #68900), so it is taken out. That is no option: nobody asks a model about it.
 */
const header = /^x-anthropic-billing-header:[^\n]*\n*/;

/** Only at the very front: the same words further on are somebody's text. */
export function withoutBillingHeader(systemText: string): string {
  return systemText.replace(header, '');
}
