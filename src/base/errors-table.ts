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
    message: 'The wasm device has no {needed} left beside the {held} in use: {reason}.',
    remedy: 'Use a smaller model or context, or the native device.',
  },
  // planner
  plan_layout: {
    status: 400,
    message: 'Layout {found}: expected {expected}.',
    remedy:
      'Write tp8, dp8ep8, tp4pp2 or prefill:ep32x2,decode:ep72; docs/planner.md has the rules.',
  },
  plan_layout_chips: {
    status: 400,
    message: 'Layout {layout}: needs {needed} chips or a multiple; found {found}.',
    remedy: 'Give as many chips as the layout takes, or leave the layout out.',
  },
  plan_no_room: {
    status: 422,
    message:
      '{model} as {precision} with layout {layout} needs {needed} GB on each {chip} ({weights} GB of weights); found {found} GB.',
    remedy:
      'Split it over more chips (the weights alone take {fewest} or more), or use fewer bits.',
  },
  plan_cannot_run: {
    status: 422,
    message: '{model} on {chip}: {reason}.',
    remedy: '{nearest}',
  },
  plan_context: {
    status: 422,
    message: '{model}: found {found} tokens of prompt and reply, expected at most {expected}.',
    remedy: 'Ask with shorter prompts or replies.',
  },
  plan_figure_missing: {
    status: 422,
    message: '{chip}: no published figure for {missing}; nothing is made up in its place.',
    remedy: 'Ask about a chip whose figures are published: sampan plan lists them.',
  },
  plan_chip_unknown: {
    status: 404,
    message: 'No chip is called {name}. Near it: {nearest}.',
    remedy: 'Bins of a chip are chips of their own: ascend-910b3, not ascend-910b.',
  },
  plan_engine_unknown: {
    status: 404,
    message: 'No serving engine is called {name}. Near it: {nearest}.',
    remedy: 'Name one of those, or leave the engine out: all are tried.',
  },
  plan_model_unknown: {
    status: 404,
    message: 'The planner does not know the model {name}. Nearest: {nearest}.',
    remedy: 'Ask for one of the DeepSeek family: deepseek-v3, deepseek-r1, r1-distill-qwen-7b, …',
  },
  plan_precision_unknown: {
    status: 400,
    message: 'The planner does not know the precision {name}; known are {known}.',
    remedy: 'Choose one of these, or leave it out.',
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
  schema_unsupported: {
    status: 400,
    message: 'The JSON schema cannot be held at {pointer}: {found}.',
    remedy: '{remedy}',
  },
  grammar_too_complex: {
    status: 400,
    message: 'The form asked of the reply is too complex: {found}, at most {expected}.',
    remedy: 'Use a simpler schema: fewer alternatives, simpler patterns, smaller repetitions.',
  },
  constraint_dead_end: {
    status: 500,
    message: 'No token of the vocabulary can go on with the reply in the form asked of it.',
    remedy: 'Use a simpler schema or pattern, or ask for no form.',
  },
  kv_folder_unusable: {
    status: 500,
    message: 'The folder for keys and values cannot be used: {folder}: {reason}.',
    remedy: 'Make it writable, name another one, or leave it out.',
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
  queue_full: {
    status: 429,
    message: '{waiting} requests wait already; no more are taken.',
    remedy: 'Try again in {retryAfterSeconds} s.',
  },
  deadline_exceeded: {
    status: 408,
    message: 'The request was given {deadlineMs} ms, and nothing was written by then.',
    remedy: 'Give it more time (deadlineMs), or ask when less is going on.',
  },
  model_draining: {
    status: 503,
    message: 'The model is being closed and takes no more requests.',
    remedy: 'Try again later, or ask another server.',
  },
  model_not_served: {
    status: 404,
    message: 'No model is served as {name}. Near it: {nearest}.',
    remedy: 'Name one of those that are served, or start the server with this one too.',
  },
  embedding_too_long: {
    status: 400,
    message: 'A text to embed has {tokens} tokens; at most {limit} are taken.',
    remedy: 'Cut it into parts.',
  },
  fim_unsupported: {
    status: 400,
    message: '{name} cannot fill in the middle: its vocabulary has no tokens for it.',
    remedy:
      'Leave the suffix out, or use a model that was trained for it (DeepSeek-V3, Qwen-Coder).',
  },
  // server: replies that run
  completion_not_running: {
    status: 404,
    message: 'No completion {id} of yours is running.',
    remedy: 'Give the id of a completion that still streams.',
  },
  // server: requests
  request_invalid: {
    status: 400,
    message: '{param}: {reason}.',
    remedy: 'GET /openapi.json describes what is accepted.',
  },
  request_not_json: {
    status: 400,
    message: 'The body is not JSON: {reason}.',
    remedy: 'Send one JSON object, as application/json.',
  },
  request_too_deep: {
    status: 400,
    message: 'The body nests objects and lists more than {expected} deep.',
    remedy: 'No request needs that; flatten it.',
  },
  request_too_large: {
    status: 413,
    message: 'The body has more than {expected} bytes.',
    remedy: 'Send less in one request.',
  },
  content_type_unsupported: {
    status: 415,
    message: 'The content-type is {found}, expected application/json.',
    remedy: 'Set the header content-type: application/json.',
  },
  route_unknown: {
    status: 404,
    message: 'There is no {path} here.',
    remedy: 'GET /openapi.json lists what there is.',
  },
  method_not_allowed: {
    status: 405,
    message: '{path} takes {expected}, not {found}.',
    remedy: '',
  },
  // server: who may ask, and how much
  api_key_missing: {
    status: 401,
    message: 'This server asks for a key, and none came with the request.',
    remedy: 'Send it in the header Authorization: Bearer <key>, or x-api-key: <key>.',
  },
  api_key_unknown: {
    status: 401,
    message: 'The key that came with the request is not known here.',
    remedy: 'Ask whoever runs this server for one.',
  },
  rate_limited: {
    status: 429,
    message: 'The key {name} may have {limit}, and has.',
    remedy: 'Try again in {retryAfterSeconds} s.',
  },
  host_not_allowed: {
    status: 403,
    message: 'This server is not known as {host}.',
    remedy: 'Whoever runs it can allow the name: --allowed-host {host}',
  },
  origin_not_allowed: {
    status: 403,
    message: 'Pages of {origin} may not ask this server.',
    remedy: 'Whoever runs it can allow them: --cors-origin {origin}',
  },
  server_draining: {
    status: 503,
    message: 'The server is shutting down and takes no more requests.',
    remedy: 'Try again in {retryAfterSeconds} s.',
  },
  // server: how it is started
  api_key_malformed: {
    status: 400,
    message: '{source}: found {found}, expected {expected}.',
    remedy: 'A key is written name:key, with limits after it if it has any.',
  },
  bind_without_key: {
    status: 400,
    message: 'On {host} others than this machine could use the server, and it has no key.',
    remedy: 'Give it one: --api-key name:key, or SAMPAN_API_KEY. Or leave out --host.',
  },
  port_taken: {
    status: 409,
    message: 'Port {port} on {host} is taken.',
    remedy: 'Stop what listens there, or choose another: --port {other}',
  },
  address_refused: {
    status: 422,
    message: 'Cannot listen on {host}, port {port}: {reason}.',
    remedy: 'Choose an address of this machine, and a port of 1024 or more.',
  },
  // server: Ollama's API
  num_ctx_too_large: {
    status: 400,
    message: 'num_ctx is {found}; the model is loaded with a context of {contextTokens} tokens.',
    remedy: 'Ask for no more, or start the server with a larger --context.',
  },
  not_over_http: {
    status: 403,
    message: '{what} is not done over HTTP.',
    remedy: 'On the machine itself: {command}',
  },
  // cli
  file_unwritable: {
    status: 422,
    message: 'Cannot write {path}: {reason}.',
    remedy: 'Give the path of a file that you may write, in a folder that exists.',
  },
  problems_invalid: {
    status: 422,
    message: '{file}: {field}: found {found}, expected {expected}.',
    remedy: 'A file of problems has a JSON object with question and answer on each line.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;
