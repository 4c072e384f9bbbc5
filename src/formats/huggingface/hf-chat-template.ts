/**
 * The chat template of a Hugging Face folder, as Jinja source: the file chat_template.jinja, else
 * `chat_template` in tokenizer_config.json, which is a string or a list of {name, template} (the
 * one named `default` counts, or the only one).
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject, type JsonObject, readTextFile } from '../json-file.ts';
import { HfFields } from './hf-fields.ts';

const maxTemplateBytes = 2 ** 20;

export function readHfChatTemplate(folder: string, tokenizerConfig: JsonObject) {
  const file = path.join(folder, 'chat_template.jinja');
  if (existsSync(file)) return readTextFile(file, maxTemplateBytes);
  const fields = new HfFields(path.join(folder, 'tokenizer_config.json'), tokenizerConfig);
  const template = chosenTemplate(fields.get('chat_template'));
  if (template === undefined || typeof template === 'string') return template;
  throw fields.damaged('chat_template', 'a string, or a list of {name, template} with a default');
}

/** Anything but a string or undefined is a form we do not know. */
function chosenTemplate(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const named = value.filter(isJsonObject);
  const only = named.length === 1 ? named[0] : undefined;
  const chosen = named.find(({ name }) => name === 'default') ?? only;
  return chosen?.template ?? null;
}
