/** Which known names a mistyped one may have meant: by edit distance, the part behind a slash too. */
export function nearestNames(name: string, known: readonly string[], count = 3): string[] {
  const wanted = name.slice(0, 100).toLowerCase();
  const tail = wanted.slice(wanted.indexOf('/') + 1);
  return known
    .map((known) => ({ known, distance: Math.min(edits(wanted, known), edits(tail, known)) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ known }) => known);
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
