/** The compiled devices that this machine must have: machine code is made for x64 only. */
export const compiledKinds =
  process.arch === 'x64' ? (['native', 'wasm'] as const) : (['wasm'] as const);
