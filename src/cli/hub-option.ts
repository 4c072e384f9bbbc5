/** `--hub`, the same for every command that speaks of pulled models. */
import { type Command, Option } from 'commander';
import { type HubKind, hubKinds } from '../hub/settings.ts';

export interface HubOption {
  readonly hub?: HubKind;
}

export function addHubOption(command: Command, meaning: string): Command {
  return command.addOption(new Option('--hub <name>', meaning).choices(hubKinds));
}
