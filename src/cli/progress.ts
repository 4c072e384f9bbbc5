/**
 * A progress bar on one line of stderr, for loads. Silent where nobody watches (no terminal) and
 * gone when it is done. Own code: forty lines against a dependency with its own dependencies.
 */
import type { Terminal } from './terminal.ts';

const barCells = 24;
const redrawMs = 50;

export interface Progress {
  /** Any units; a total of 0 means that it is not known yet. */
  update(done: number, total: number): void;
  /** Takes the line away. Idempotent. */
  end(): void;
}

export function progressBar(terminal: Terminal, label: string): Progress {
  const { stderr } = terminal;
  if (!stderr.isTTY) return { update() {}, end() {} };

  let drawnAt = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - drawnAt < redrawMs && done < total) return;
      drawnAt = now;
      isDrawn = true;
      const fraction = total > 0 ? Math.min(1, done / total) : 0;
      const full = Math.round(fraction * barCells);
      const percent = `${Math.round(fraction * 100)} %`;
      const line = `${label} ${'█'.repeat(full)}${'░'.repeat(barCells - full)} ${percent}`;
      stderr.write(`\r${line.slice(0, (stderr.columns ?? 80) - 1)}\x1b[K`);
    },
    end() {
      if (isDrawn) stderr.write('\r\x1b[K');
      isDrawn = false;
    },
  };
}
