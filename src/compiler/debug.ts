/**
 * The one switch for looking inside, SAMPAN_DEBUG: each level shows what those below it show, and
 * more. Goes to stderr. Whoever has something to show says at which level, and makes the text only
 * when it is wanted.
 */

export const debugLevels = { timings: 1, launches: 2, ir: 3, passes: 4, disassembly: 5 } as const;
export type DebugLevel = keyof typeof debugLevels;

/** 0 where nothing is to be shown, or where there is no environment (a browser). */
export const debugLevel: number =
  typeof process === 'undefined' ? 0 : Number(process.env.SAMPAN_DEBUG) || 0;

export function debug(level: DebugLevel, text: () => string): void {
  if (debugLevel >= debugLevels[level]) console.error(text());
}
