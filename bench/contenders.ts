/** Who runs a row: Sampan on each of its devices, and the peer. */
import path from 'node:path';
import type { Settings } from './protocol.ts';
import type { Row } from './rows.ts';

export interface Contender {
  /** A device's name, or `theirs`. */
  readonly label: string;
  readonly worker: string;
  readonly settings: Settings;
}

export const theirs = 'theirs';

const worker = (folder: string) => path.join(import.meta.dirname, folder, 'worker.ts');

/** Drafting is a row of its own: elsewhere a token is a pass over the weights, as it is there. */
export function contendersFor(row: Row, devices: readonly string[]): Contender[] {
  const sampan = (label: string, settings: Settings) => ({
    label,
    worker: worker('ours'),
    settings,
  });
  if (row.kind === 'recite') {
    const [device] = devices;
    if (device === undefined) return [];
    return [
      sampan(device, { device, speculation: 'ngram' }),
      sampan(theirs, { device, speculation: 'off' }),
    ];
  }
  const ours = (row.isHeavy ? devices.slice(0, 1) : devices).map((device) =>
    sampan(device, { device, speculation: 'off' }),
  );
  return [...ours, { label: theirs, worker: worker('peer'), settings: row.peerSettings ?? {} }];
}
