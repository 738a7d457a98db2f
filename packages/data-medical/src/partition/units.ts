import type { Divisible } from './divisible.js';

/** Records that must stay together: one patient's, or a single one where patients are not told apart. */
export interface Unit {
  /** Rows, ascending. */
  readonly rows: readonly number[];
  /** The label that most of the rows have, the smallest of equals. */
  readonly label: number;
}

/** The units of some records, in order of their first rows. */
export function unitsOf({ count, labels, patientIds }: Omit<Divisible, 'name'>): Unit[] {
  if (!patientIds) return Array.from({ length: count }, (_, row) => ({ rows: [row], label: labels[row]! }));
  const patients = new Map<string, number[]>();
  patientIds.forEach((id, row) => {
    const rows = patients.get(id);
    if (rows) rows.push(row);
    else patients.set(id, [row]);
  });
  return [...patients.values()].map((rows) => ({ rows, label: mostCommon(rows.map((row) => labels[row]!)) }));
}

/** The units of each label that occurs, labels ascending. */
export function groupByLabel(units: readonly Unit[]): Unit[][] {
  const labels = [...new Set(units.map(({ label }) => label))].sort((a, b) => a - b);
  return labels.map((label) => units.filter((unit) => unit.label === label));
}

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || a - b)[0]![0];
}
