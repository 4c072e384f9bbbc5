/** A source by its tag, whichever part of the planner cites it. */
import type { SourceRow } from './facts/source.ts';
import { sourcesTable } from './facts/sources-table.ts';

const byTag: ReadonlyMap<string, SourceRow> = new Map(sourcesTable.map((row) => [row.tag, row]));

export function findSource(tag: string): SourceRow | undefined {
  return byTag.get(tag);
}
