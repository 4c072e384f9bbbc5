/**
 * One repository in the standard Hugging Face cache layout, shared with the Python hub library:
 *
 *   models--owner--name/blobs/<sha256 or git id>     the bytes
 *   models--owner--name/refs/main                    the commit that `main` was
 *   models--owner--name/snapshots/<commit>/<file>    → ../../blobs/<id>
 *
 * A blob exists only when it was whole and verified, a snapshot entry only after its blob.
 */
import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import type { NamedFile } from './choose-files.ts';
import type { RepoFile } from './repo-listing.ts';

export class RepoCache {
  readonly repo: string;
  readonly folder: string;

  /** `repo` is `owner/name`, already checked. */
  constructor(cacheFolder: string, repo: string) {
    this.repo = repo;
    this.folder = path.join(cacheFolder, `models--${repo.replace('/', '--')}`);
  }

  blob(file: RepoFile): string {
    return path.join(this.folder, 'blobs', file.digest.hex);
  }

  snapshot(commit: string): string {
    return path.join(this.folder, 'snapshots', commit);
  }

  async prepare(): Promise<void> {
    await mkdir(path.join(this.folder, 'blobs'), { recursive: true });
  }

  /** Makes `files`, whose blobs are whole, the snapshot of `commit`, and `revision` point at it. */
  async publish(commit: string, revision: string, files: readonly RepoFile[]): Promise<void> {
    for (const file of files) await this.#link(commit, file);
    const ref = path.join(this.folder, 'refs', revision);
    await mkdir(path.dirname(ref), { recursive: true });
    const fresh = freshName(ref);
    await writeFile(fresh, commit);
    await rename(fresh, ref);
  }

  async #link(commit: string, file: RepoFile): Promise<void> {
    const [blob, entry] = [this.blob(file), path.join(this.snapshot(commit), file.path)];
    const [there, whole] = await Promise.all([
      stat(entry).catch(() => undefined),
      stat(blob).catch(() => undefined),
    ]);
    // The Python library moves a blob into the snapshot where it cannot link.
    if (there?.size === file.sizeBytes && (whole === undefined || there.ino === whole.ino)) return;

    await mkdir(path.dirname(entry), { recursive: true });
    const fresh = freshName(entry);
    await place(path.relative(path.dirname(entry), blob), blob, fresh);
    await rename(fresh, entry);
  }

  /** The commit `revision` was when it was last pulled. */
  async commitOf(revision: string): Promise<string | undefined> {
    const ref = path.join(this.folder, 'refs', revision);
    const text = await readFile(ref, 'utf8').catch(() => '');
    return /^[0-9a-f]{40}$/.test(text.trim()) ? text.trim() : undefined;
  }

  /** Commits with a snapshot: the revision's own first, then the newest. */
  async commits(): Promise<string[]> {
    const names = await readdir(path.join(this.folder, 'snapshots')).catch(() => []);
    const known = names.filter((name) => /^[0-9a-f]{40}$/.test(name));
    const times = new Map<string, number>();
    for (const name of known) {
      const found = await stat(this.snapshot(name)).catch(() => undefined);
      if (found?.isDirectory()) times.set(name, found.mtimeMs);
    }
    const current = (await this.commitOf('main')) ?? (await this.commitOf('master'));
    const rank = (name: string) => (name === current ? Infinity : (times.get(name) ?? 0));
    return [...times.keys()].sort((a, b) => rank(b) - rank(a));
  }

  /** Files of a snapshot that can be read; a link to a blob that is gone is no file. */
  async files(commit: string): Promise<NamedFile[]> {
    const root = this.snapshot(commit);
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    const files: NamedFile[] = [];
    for (const entry of entries) {
      const full = path.join(entry.parentPath, entry.name);
      const found = await stat(full).catch(() => undefined);
      if (found?.isFile()) {
        const name = path.relative(root, full).replaceAll(path.sep, '/');
        files.push({ path: name, sizeBytes: found.size });
      }
    }
    return files;
  }
}

/** Another process may publish the same at the same time: each makes its own, the last one stays. */
const freshName = (file: string) => `${file}.${randomUUID()}.sampan-new`;

/** A link to `blob` at `entry`; where the system allows none, the same file or a copy of it. */
async function place(relative: string, blob: string, entry: string): Promise<void> {
  try {
    await symlink(relative, entry, 'file');
  } catch {
    await link(blob, entry).catch(() => copyFile(blob, entry, constants.COPYFILE_FICLONE));
  }
}
