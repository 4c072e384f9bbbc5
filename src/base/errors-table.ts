/**
 * Every error a user can meet: code → HTTP status, message, remedy. docs/errors.md is generated
 * from this table; test/errors.test.ts holds table, page and thrown codes equal.
 * Message: what was found and what was expected. Remedy: what to do. Rows sorted by room.
 */
export interface ErrorRow {
  readonly status: number;
  readonly message: string;
  readonly remedy: string;
}

export const errorTable = {
  // base, any room
  invalid_option: {
    status: 400,
    message: 'Option {name}: found {found}, expected {expected}.',
    remedy: '',
  },
  // formats
  file_not_found: {
    status: 404,
    message: 'No file at {path}.',
    remedy: 'Check the path, or pull a model: sampan pull deepseek-r1:1.5b',
  },
  file_unreadable: {
    status: 422,
    message: 'Cannot read {path}: {reason}.',
    remedy: 'Give the path of a file that you may read.',
  },
  file_damaged: {
    status: 422,
    message: '{file}: {field}: found {found}, expected {expected}.',
    remedy: 'The file is incomplete or damaged. Remove it and pull it again.',
  },
  format_unknown: {
    status: 422,
    message: '{path}: found {found}, expected {expected}.',
    remedy: 'Give a .gguf file, or a folder with config.json and *.safetensors.',
  },
  dtype_unsupported: {
    status: 422,
    message: '{file}: tensor {tensor} has the number format {found}; known are {expected}.',
    remedy: 'Use another release of this model, for example its BF16 or GGUF one.',
  },
  config_unsupported: {
    status: 422,
    message: '{file}: {field} is {found}; Sampan supports {expected}.',
    remedy: 'The file is whole, but this variant of the architecture cannot be run yet.',
  },
  // formats: conversion to GGUF
  gguf_cannot_say: {
    status: 422,
    message: '{file}: {field}: found {found}, but GGUF files hold {expected}.',
    remedy: 'This checkpoint cannot be converted to GGUF; it can be used as it is.',
  },
  // formats: tokenizer and chat template
  tokenizer_unknown: {
    status: 422,
    message: '{file}: {field}: {found} is not known; known are {expected}.',
    remedy: 'Sampan reads the byte-level BPE tokenizers of the DeepSeek family and its distills.',
  },
  chat_template_broken: {
    status: 422,
    message: 'The chat template of this model does not work: {reason}.',
    remedy: 'Ask its makers, or use generate() with a prompt of your own.',
  },
  chat_template_limit: {
    status: 422,
    message: 'The chat template of this model was stopped: {reason}.',
    remedy: 'A template needs far less than the limits: this one is broken or hostile.',
  },
  chat_template_refused: {
    status: 400,
    message: 'The chat template of this model refuses these messages: {reason}',
    remedy: '',
  },
  // models
  architecture_unknown: {
    status: 422,
    message: '{file}: architecture {found} is not known; known are {expected}.',
    remedy: 'Sampan runs the DeepSeek family and its distills.',
  },
  tensor_missing: {
    status: 422,
    message: '{file}: tensor {tensor} is missing.',
    remedy: 'The file is incomplete, or its architecture is not what its header says.',
  },
  tensor_shape: {
    status: 422,
    message: '{file}: tensor {tensor} has shape {found}, expected {expected}.',
    remedy: 'The weights do not belong to this configuration.',
  },
  // hub
  model_unknown: {
    status: 404,
    message: 'No model is called {name}. Near it: {nearest}.',
    remedy:
      'A model is a short name, owner/repo, owner/repo:QUANT, a path, or a URL to a .gguf file.',
  },
  model_not_pulled: {
    status: 404,
    message: '{name} is not on this machine.',
    remedy: 'Pull it first: sampan pull {name}',
  },
  quantisation_missing: {
    status: 404,
    message: '{repo} has no {found}; it has {expected}.',
    remedy: 'Name one of those, as in {repo}:{example}',
  },
  weights_missing: {
    status: 404,
    message: '{repo} has no weights that can be run: found {found}, expected GGUF or safetensors.',
    remedy: 'Many models have a second repository whose name ends in -GGUF.',
  },
  hub_offline: {
    status: 503,
    message: '{name} is not on this machine and HF_HUB_OFFLINE forbids to fetch it.',
    remedy: 'Unset HF_HUB_OFFLINE and pull it, or copy it into the cache folder.',
  },
  hub_not_found: {
    status: 404,
    message: '{hub} has nothing at {url} (status {found}).',
    remedy: 'Check the spelling. A private repository also looks like this without a token.',
  },
  hub_denied: {
    status: 403,
    message: '{hub} refused {url} (status {found}).',
    remedy:
      "Check the spelling. Accept the model's terms on its page if it has any, and set {variable} to a token that may read it.",
  },
  hub_unreachable: {
    status: 503,
    message: '{host} could not be reached: {found}, {tries} times.',
    remedy: 'Check the network. What has arrived is kept: the same command continues.',
  },
  hub_reply_wrong: {
    status: 502,
    message: '{host}: {field}: found {found}, expected {expected}.',
    remedy:
      'The server does not speak the protocol expected there. Check HF_ENDPOINT and any proxy.',
  },
  download_damaged: {
    status: 502,
    message: '{file}: what arrived has {algorithm} {found}, expected {expected}.',
    remedy:
      'The damaged bytes were removed. Pull again; if it repeats, suspect a proxy in between.',
  },
  download_changed: {
    status: 409,
    message:
      '{file} changed on the server while it was fetched: found {found}, expected {expected}.',
    remedy: 'Pull again.',
  },
  download_too_large: {
    status: 413,
    message: '{file} is said to have {found} bytes; at most {expected} are accepted.',
    remedy: 'No known model file is that large. Check the name and the server.',
  },
  disk_full: {
    status: 507,
    message: '{path} has {free} free, {needed} more are needed.',
    remedy: 'Make room (sampan rm), or set HF_HOME to a folder on a larger disk.',
  },
  cache_unusable: {
    status: 500,
    message: 'The cache folder cannot be used: {path}: {found}.',
    remedy: 'Make it writable, or set HF_HOME to another folder.',
  },
  // devices
  device_refused: {
    status: 501,
    message: 'The {device} device cannot be used here: {reason}.',
    remedy: 'Leave the device out to take the fastest that works; sampan doctor lists them.',
  },
  wasm_memory_full: {
    status: 507,
    message:
      'The wasm device has no {needed} left beside the {held} in use; its memory ends at 4 GiB.',
    remedy: 'Use a smaller model or context, or the native device.',
  },
  // engine
  context_length_exceeded: {
    status: 400,
    message:
      'The prompt has {promptTokens} tokens; the context holds {contextTokens}, reply included.',
    remedy: 'Shorten the prompt, or load the model with more contextTokens.',
  },
  kv_cache_too_large: {
    status: 507,
    message:
      'A context of {contextTokens} tokens needs {needed} of KV cache; {available} can be used.',
    remedy:
      'Load with a smaller contextTokens, or a larger kvBytes where the machine has the memory.',
  },
  logits_invalid: {
    status: 500,
    message: 'The model computed {found} where a number was expected.',
    remedy:
      'The weights are damaged or overflow; pull the model again or use another quantisation.',
  },
  model_closed: {
    status: 409,
    message: 'The model was closed.',
    remedy: 'Load it again, or close it after its last reply.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;
