/**
 * A progress bar on one line of stderr, for loads. Silent where nobody watches (no terminal) and
 * gone when it is done. Own code: forty lines against a dependency with its own dependencies.
 */
import type { Terminal } from './terminal.ts';

const barCells = 24;
const redrawMs = 50;

export interface Progress {
  /** Any units. Where either is not known only the label is shown. `note` follows the bar. */
  update(done: number | undefined, total: number | undefined, note?: string): void;
  /** Takes the line away. Idempotent. */
  end(): void;
}

export function progressBar(terminal: Terminal, label: string): Progress {
  const { stderr } = terminal;
  if (!stderr.isTTY) return { update() {}, end() {} };

  let drawnAt = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  return {
    update(done, total, note = '') {
      const now = performance.now();
      if (now - drawnAt < redrawMs && done !== total) return;
      drawnAt = now;
      isDrawn = true;
      const line = bar(label, done, total) + note;
      stderr.write(`\r${line.slice(0, (stderr.columns || 80) - 1)}\x1b[K`);
    },
    end() {
      if (isDrawn) stderr.write('\r\x1b[K');
      isDrawn = false;
    },
  };
}

function bar(label: string, done: number | undefined, total: number | undefined): string {
  if (done === undefined || !total) return `${label} …`;
  const fraction = Math.min(1, done / total);
  const full = Math.round(fraction * barCells);
  const cells = '█'.repeat(full) + '░'.repeat(barCells - full);
  return `${label} ${cells} ${Math.round(fraction * 100)} %`;
}
