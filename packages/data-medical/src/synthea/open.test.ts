import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eachRow } from '../records/csv-rows.js';
import { folderOf, readAll } from '../records/testing/read.js';
import type { SyntheaMappingInput } from './mapping.js';
import { openSyntheaCsv } from './open.js';

const dataDir = process.env['FEDWARD_DATA'];

describe.skipIf(!dataDir)('synthea-csv (needs FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'synthea-csv');

  it('has the patients, counties, conditions and allergies that its README counts', async () => {
    const { rows, remarks } = await readAll(
      openSyntheaCsv(folder, {
        columns: {
          id: { patient: 'Id' },
          county: { patient: 'COUNTY' },
          death: { patient: 'DEATHDATE' },
          conditions: { table: 'conditions', aggregate: 'count' },
          allergies: { table: 'Allergies', aggregate: 'count' },
          latex: { table: 'allergies', codes: ['300916003'], aggregate: 'any' },
        },
      }),
    );
    const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
    expect(rows).toHaveLength(1171);
    expect(rows.filter(({ death }) => death !== '')).toHaveLength(171);
    expect([sum('conditions'), sum('allergies'), sum('latex')]).toEqual([8376, 597, 24]);
    const inCounty = (name: string) => rows.filter(({ county }) => county === `${name} County`).length;
    expect(['Middlesex', 'Worcester', 'Suffolk', 'Norfolk', 'Essex', 'Bristol'].map(inCounty)).toEqual([
      255, 150, 132, 128, 115, 105,
    ]);
    expect(new Set(rows.map(({ county }) => county)).size).toBe(14);
    expect(remarks).toEqual([]); // all PATIENTs resolve
    const codes = new Set<string>();
    await eachRow(join(folder, 'conditions.csv'), [['CODE']], ({ cell }) => codes.add(cell('CODE')));
    expect(codes.size).toBe(129);
  });

  /** By Python's csv and datetime on the same files. */
  it('makes a row of each first diagnosis of diabetes', async () => {
    const { rows, remarks } = await readAll(
      openSyntheaCsv(folder, {
        index: { table: 'conditions', codes: ['44054006'] },
        columns: {
          age: { patient: 'BIRTHDATE', as: 'ageAtIndex' },
          died: { patient: 'DEATHDATE', as: 'within', within: { before: '-P1D', after: 'P10Y' } },
        },
      }),
    );
    expect(rows).toHaveLength(76);
    expect(rows.reduce((sum, { age }) => sum + Number(age), 0)).toBe(2824);
    expect(rows.filter(({ died }) => died === '1')).toHaveLength(1);
    expect(remarks).toEqual([`patients: patients left out who have no index event (${1171 - 76})`]);
  });
});

const patients = 'Id,BIRTHDATE,GENDER\na,1960-06-15,F\nb,1990-01-01,M\n';
const observations = 'DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,VALUE,UNITS,TYPE\n';
const open = async (files: Record<string, string>, columns: SyntheaMappingInput['columns']) =>
  readAll(
    openSyntheaCsv(await folderOf({ 'patients.csv': patients, ...files }), { index: { date: '2020-07-01' }, columns }),
  );

describe('openSyntheaCsv', () => {
  it('reads observations: numbers in their units, and text', async () => {
    const lines = [
      '2019-01-01T00:00:00Z,a,,8302-2,Body Height,70,[in_i],numeric',
      '2019-02-01T00:00:00Z,a,,72166-2,Tobacco,Never smoker,{nominal},text',
      '2019-01-01T00:00:00Z,b,,8302-2,Body Height,180,cm,numeric',
      '2019-01-02T00:00:00Z,b,,8302-2,Body Height,tall,cm,text',
    ];
    const { rows, remarks } = await open(
      { 'observations.csv': observations + lines.join('\n') },
      {
        sex: { patient: 'gender' },
        height: { table: 'observations', codes: ['8302-2'], unit: 'cm' },
        smoking: { table: 'observations', codes: ['72166-2'] },
      },
    );
    expect(rows).toEqual([
      { sex: 'F', height: '177.8', smoking: 'Never smoker' },
      { sex: 'M', height: '180', smoking: '' },
    ]);
    expect(remarks).toEqual([
      'column "height": values in [in_i], converted to cm (1)',
      'column "height": values left out that are no numbers (1)',
    ]);
  });

  it('refuses a table that is not there, and a patient who is there twice', async () => {
    await expect(open({}, { x: { table: 'conditions', aggregate: 'any' } })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    const twice = await open({ 'patients.csv': `${patients}a,1961-01-01,F\n` }, { sex: { patient: 'GENDER' } }).catch(
      (error: Error) => error,
    );
    expect((twice as Error).message).toMatch(/line 4.*the person of line 2 once more/);
    await expect(openSyntheaCsv('/nowhere', { columns: { x: { table: 'patients' } } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
