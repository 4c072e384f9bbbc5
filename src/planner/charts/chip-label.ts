/** Names of chips where room is short: the maker's name is told beside them, or by the colour. */
import type { PlanRow } from '../plan-answer.ts';

/** `Nvidia H20 96 GB` of Nvidia is `H20 96 GB`. */
export function withoutVendor(name: string, vendor: string): string {
  return name.startsWith(`${vendor} `) ? name.slice(vendor.length + 1) : name;
}

const longest = 18;

/**
 * One label for each row, no two alike: the name up to where it is told more precisely; where that
 * is long or not enough to tell chips apart, what the command line calls it; where a chip has more
 * rows, with engine and precision.
 */
export function chipLabels(rows: readonly PlanRow[]): string[] {
  const names = rows.map(({ chipName, vendor }) => {
    const name = withoutVendor(chipName, vendor);
    return name.length <= longest ? name : name.replace(/\s*[(,].*$/s, '');
  });
  const chipsOf = (name: string) =>
    new Set(rows.filter((_, i) => names[i] === name).map(({ prediction }) => prediction.chip));
  const unique = names.map((name, i) =>
    name.length <= longest && chipsOf(name).size === 1
      ? name
      : (rows[i] as PlanRow).prediction.chip,
  );
  return rows.map(({ prediction }, i) => {
    const label = unique[i] as string;
    const isAlone = unique.filter((other) => other === label).length === 1;
    return isAlone ? label : `${label} ${prediction.engine} ${prediction.precision}`;
  });
}
