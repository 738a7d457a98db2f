import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@fedward/core';

/** Two numbers and a class. */
export const csvSchema = {
  columns: [
    { name: 'age', kind: 'numeric', missing: 'error' },
    { name: 'marker', kind: 'numeric', missing: 'error' },
  ],
  label: {
    name: 'sick',
    kind: 'class',
    classes: [
      { name: 'healthy', values: ['0'] },
      { name: 'diseased', values: ['1'] },
    ],
  },
} as const;

/**
 * A folder for the scenario `csv`, with made-up patients.
 * @param hospitals number of patients by name
 */
export function csvFolder(hospitals: Readonly<Record<string, number>>, seed = 1): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-csv-'));
  writeFileSync(join(folder, 'schema.json'), JSON.stringify(csvSchema));
  for (const [name, patients] of Object.entries(hospitals))
    writeFileSync(join(folder, `${name}.csv`), csvRows(patients, new Random(seed).fork(name)));
  return folder;
}

function csvRows(patients: number, random: Random): string {
  const rows = Array.from({ length: patients }, (_, i) => {
    const sick = i % 2;
    return `${40 + random.integer(0, 40)},${(random.normal() + sick).toFixed(3)},${sick}`;
  });
  return ['age,marker,sick', ...rows, ''].join('\n');
}
