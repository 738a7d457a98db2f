import { join } from 'node:path';
import type { IdentifierCategory } from '@fedward/compliance';
import { describe, expect, it } from 'vitest';
import { identifyingColumns } from './testing/identifying-columns.js';

const dataDir = process.env['FEDWARD_DATA'];

/** Synthea's patients, column by column; all others are none. */
const patients: Readonly<Record<string, IdentifierCategory>> = {
  Id: 'R',
  BIRTHDATE: 'C',
  DEATHDATE: 'C',
  SSN: 'G',
  DRIVERS: 'K',
  PASSPORT: 'K',
  FIRST: 'A',
  LAST: 'A',
  MAIDEN: 'A',
  BIRTHPLACE: 'B',
  ADDRESS: 'B',
  CITY: 'B',
  COUNTY: 'B',
  ZIP: 'B',
  LAT: 'B',
  LON: 'B',
};

describe.skipIf(!dataDir)("Synthea's patients (need FEDWARD_DATA)", () => {
  it('are told column by column, each identifying one under its letter and no other', async () => {
    const { found } = await identifyingColumns(join(dataDir!, 'synthea-csv', 'patients.csv'));
    expect(Object.keys(found).sort()).toEqual(Object.keys(patients).sort());
    for (const [column, category] of Object.entries(patients)) expect(found[column], column).toContain(category);
  });
});
