/**
 * A download's progress → the lines of /api/pull: `pulling manifest`, one kind of line per file
 * with its digest, size and how much is there, then what is checked, then `success`. A file
 * speaks often; a line goes out when something changed that can be seen.
 */

export interface FileProgress {
  readonly phase: 'waiting' | 'fetching' | 'verifying';
  readonly file: string;
  /** `sha256:…`, where the hub says so. */
  readonly digest?: string | undefined;
  readonly fileDoneBytes: number;
  readonly fileBytes: number;
}

export type PullLine =
  | { status: string }
  | { status: string; digest: string; total: number; completed: number };

/** A hundredth of the file at least, so that a pull is a few hundred lines at most per file. */
const minShare = 0.01;

export class PullLines {
  #status = '';
  #completed = 0;

  start(): PullLine {
    return { status: 'pulling manifest' };
  }

  /** undefined: nothing that is worth a line. */
  push(progress: FileProgress): PullLine | undefined {
    const { phase, file, fileDoneBytes: completed, fileBytes: total } = progress;
    const digest = progress.digest ?? `file:${file}`;
    const status =
      phase === 'verifying'
        ? `verifying ${shortDigest(digest)}`
        : phase === 'waiting'
          ? `waiting for another process to pull ${file}`
          : `pulling ${shortDigest(digest)}`;
    const isEnd = completed === total && this.#completed !== total;
    const isSame = status === this.#status && completed - this.#completed < total * minShare;
    if (isSame && !isEnd) return undefined;
    this.#status = status;
    this.#completed = completed;
    return { status, digest, total, completed };
  }

  end(): PullLine[] {
    return [{ status: 'writing manifest' }, { status: 'success' }];
  }
}

function shortDigest(digest: string): string {
  const name = digest.slice(digest.indexOf(':') + 1);
  return /^[0-9a-f]{40,}$/.test(name) ? name.slice(0, 12) : name;
}
