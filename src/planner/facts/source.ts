/** Where a figure comes from: figures carry the tag, sources-table.ts tells title and address. */
export interface SourceRow {
  readonly tag: string;
  readonly title: string;
  readonly address: string;
  readonly date: string;
}
