/** What the server was told when it was started. Limits are the same for every API. */
export interface ServerSettings {
  /** Of Sampan, for whoever asks. */
  readonly version: string;
  /** Host names besides loopback and addresses that requests may name (DNS rebinding). */
  readonly allowedHosts: readonly string[];
  /** Origins of pages on other sites that may call this server. */
  readonly corsOrigins: readonly string[];
  readonly maxBodyBytes: number;
  /** Objects and lists inside one another. */
  readonly maxJsonDepth: number;
  /** Longest that a reply may take, waiting included. */
  readonly deadlineMs?: number;
  /** While a client waits, it hears of us this often. */
  readonly keepAliveMs: number;
  /** A reader that takes nothing for so long is left. */
  readonly stallMs: number;
}

export const defaultSettings: Omit<ServerSettings, 'version'> = {
  allowedHosts: [],
  corsOrigins: [],
  maxBodyBytes: 32 * 1024 * 1024,
  maxJsonDepth: 64,
  keepAliveMs: 10_000,
  stallMs: 120_000,
};
