/** A precision by its name, as on the command line. */
import { error } from '../../base/errors.ts';
import type { Precision } from './precision.ts';
import { precisionsTable } from './precisions-table.ts';

export function findPrecision(name: string): Precision {
  const wanted = name.trim().toLowerCase();
  const found = precisionsTable.find(
    ({ id, aliases }) => id === wanted || aliases.includes(wanted),
  );
  if (found === undefined) {
    const known = precisionsTable.map(({ id }) => id).join(', ');
    throw error('plan_precision_unknown', { name, known });
  }
  return found;
}
