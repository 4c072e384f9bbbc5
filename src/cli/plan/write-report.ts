/**
 * Writes a report to a file: whole or not at all, by a neighbour that takes its name at the end.
 * An older report is replaced; refused is a file that is none, since it is somebody's work. What
 * is no file but takes bytes, as a pipe does, is given them.
 */
import {
  closeSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { error } from '../../base/errors.ts';

/** Stands behind the doctype of every report, and tells it from other files. */
const mark = '<!-- made by sampan plan -->';
const doctype = '<!doctype html>\n';
const opening = `${doctype}${mark}\n`;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
};

/** `page`: a whole page of HTML, its doctype first. */
export function writeReport(file: string, page: string): void {
  if (!page.startsWith(doctype)) throw new Error('a report without a doctype');
  const report = opening + page.slice(doctype.length);
  try {
    if (isOtherThanFile(file)) writeFileSync(file, report);
    else replace(file, report);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw cause;
    throw error('file_unwritable', { path: file, reason: reasons[code] ?? code }, cause);
  }
}

/** A pipe or a device; a folder refuses the bytes itself. */
function isOtherThanFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === false;
}

function replace(file: string, text: string): void {
  if (!isReplaceable(file)) {
    const reason = 'it exists and is no report of this command, so it is left as it is';
    throw error('file_unwritable', { path: file, reason });
  }
  const neighbour = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  const handle = openSync(neighbour, 'w');
  try {
    try {
      writeFileSync(handle, text);
    } finally {
      closeSync(handle);
    }
    renameSync(neighbour, file);
  } catch (cause) {
    rmSync(neighbour, { force: true });
    throw cause;
  }
}

function isReplaceable(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.size === 0) return true;
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(opening.length);
    readSync(handle, head, 0, head.length, 0);
    return head.toString('utf8') === opening;
  } finally {
    closeSync(handle);
  }
}
