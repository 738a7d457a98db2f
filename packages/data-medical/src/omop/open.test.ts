import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eachRow } from '../records/csv-rows.js';
import { folderOf, readAll } from '../records/testing/read.js';
import type { OmopMappingInput } from './mapping.js';
import { openOmop } from './open.js';

const dataDir = process.env['FEDWARD_DATA'];

describe.skipIf(!dataDir)('omop-gibleed (needs FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'omop-gibleed');

  it('has the rows that its README counts', async () => {
    const rows = async (table: string) => {
      let count = 0;
      await eachRow(join(folder, `${table}.csv`), [], () => count++);
      return count;
    };
    const expected = {
      ...{
        PERSON: 225,
        OBSERVATION_PERIOD: 225,
        VISIT_OCCURRENCE: 94,
        CONDITION_OCCURRENCE: 5212,
        DRUG_EXPOSURE: 5692,
      },
      ...{ MEASUREMENT: 3927, PROCEDURE_OCCURRENCE: 3284, OBSERVATION: 148, CONDITION_ERA: 5241, CONCEPT: 442 },
      ...{ VOCABULARY: 125, DOMAIN: 45, CDM_SOURCE: 1 },
    };
    for (const [table, count] of Object.entries(expected)) expect(await rows(table), table).toBe(count);
  });

  /** By Python's csv and datetime on the same files. */
  it('makes a row of each of the 47 people who bled', async () => {
    const { rows, remarks, files } = await readAll(
      openOmop(folder, {
        index: { table: 'condition_occurrence', concepts: [192671] },
        columns: {
          person: { person: 'person_id' },
          sex: { person: 'gender_concept_id' },
          age: { person: 'birth', as: 'ageAtIndex' },
          celecoxib: { table: 'DRUG_EXPOSURE', concepts: [1118084], aggregate: 'any' },
          conditions: { table: 'CONDITION_OCCURRENCE', within: { before: 'P1Y' }, aggregate: 'count' },
        },
      }),
    );
    expect(rows).toHaveLength(47);
    expect(rows.slice(0, 4).map((row) => Object.values(row).join(' '))).toEqual([
      '320 8532 39 1 3',
      '377 8532 36 0 2',
      '422 8532 42 0 2',
      '518 8532 36 1 4',
    ]);
    const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
    expect([sum('age'), sum('celecoxib'), sum('conditions')]).toEqual([1804, 36, 131]);
    expect(remarks).toEqual(['patients: patients left out who have no index event (178)']);
    expect(files.map((file) => basename(file)).sort()).toEqual([
      'CONDITION_OCCURRENCE.csv',
      'DRUG_EXPOSURE.csv',
      'PERSON.csv',
    ]);
  });

  it('counts people, takes concept 0 for none, and needs no visits', async () => {
    const { rows, remarks } = await readAll(
      openOmop(folder, {
        columns: {
          race: { person: 'RACE_CONCEPT_ID' },
          bled: { table: 'CONDITION_OCCURRENCE', concepts: [192671], aggregate: 'any' },
          coded: { table: 'CONDITION_OCCURRENCE', sourceValues: ['K92.2', '74474003'], aggregate: 'any' },
          celecoxib: { table: 'DRUG_EXPOSURE', concepts: [1118084], aggregate: 'any' },
          diclofenac: { table: 'DRUG_EXPOSURE', concepts: [1124300], aggregate: 'any' },
          conditions: { table: 'CONDITION_OCCURRENCE', aggregate: 'count' },
          score: { table: 'MEASUREMENT', concepts: [3006322] },
        },
      }),
    );
    const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
    expect(rows).toHaveLength(225);
    expect([sum('bled'), sum('celecoxib'), sum('diclofenac'), sum('conditions')]).toEqual([47, 152, 73, 5212]);
    expect(sum('coded')).toBeLessThanOrEqual(47);
    expect(rows.filter(({ race }) => race === '')).toHaveLength(37);
    expect(remarks).toContain('column "race": concept 0, which is none: empty (37)');
    expect(remarks).toContain('column "score": left out: no value (1015)');
  });
});

const person =
  'PERSON_ID,GENDER_CONCEPT_ID,YEAR_OF_BIRTH,MONTH_OF_BIRTH,DAY_OF_BIRTH,BIRTH_DATETIME\n1,8507,1960,6,15,\n2,8532,1990,,,\n';
const measurement =
  'measurement_id,person_id,measurement_concept_id,measurement_date,operator_concept_id,value_as_number,unit_concept_id,unit_source_value,visit_occurrence_id\n';
const columns: OmopMappingInput['columns'] = {
  glucose: { table: 'measurement', concepts: [3004501], unit: 'mmol/L', analyte: 'glucose' },
};
const index = { date: '2020-07-01' };
const open = async (files: Record<string, string>, mapping: Partial<OmopMappingInput> = {}) =>
  readAll(openOmop(await folderOf({ 'PERSON.csv': person, ...files }), { index, columns, ...mapping }));

describe('openOmop', () => {
  it('finds units by concept, by the mapping, and as they are written', async () => {
    const rows = [
      ...[
        '1,1,3004501,2019-01-01,,180.156,8840,,9',
        '2.0,1.0,3004501.0,2019-02-01,4172703,9,0,mmol/L,9',
        '2,1,3004501,2019-02-01,0,9,0,mmol/L,',
      ],
      ...['3,2,3004501,2019-01-01,4171756,2,8753,,', '4,2,0,2019-01-01,,7,8753,,'],
    ];
    const concept =
      'concept_id,concept_name,vocabulary_id,concept_code\n8840,milligram per deciliter,UCUM,mg/dL\n1,x,SNOMED,8753\n';
    const glucose = { table: 'MEASUREMENT', concepts: [3004501], unit: 'mmol/L', analyte: 'glucose' } as const;
    const { rows: found, remarks } = await open(
      { 'measurement.csv': measurement + rows.join('\n'), 'Concept.csv': concept },
      {
        units: { 8753: 'mmol/L' },
        columns: {
          first: { ...glucose, aggregate: 'first' },
          last: glucose,
          n: { table: 'measurement', aggregate: 'count' },
        },
      },
    );
    expect(found.map((row) => Object.values(row).map((cell) => Number(Number(cell).toFixed(9))))).toEqual([
      [10, 9, 2],
      [2, 2, 2],
    ]);
    expect(remarks).toEqual([
      'column "first": values in mg/dL, converted to mmol/L (1)',
      'column "last": values in mg/dL, converted to mmol/L (1)',
      'column "first": records that come twice, used once (1)',
      'column "last": records that come twice, used once (1)',
      'column "n": records that come twice, used once (1)',
      'column "first": bounds (such as <5) taken as values (1)',
      'column "last": bounds (such as <5) taken as values (1)',
    ]);
  });

  it('takes a birth from its parts, and follows descendants', async () => {
    const { rows, remarks } = await open(
      {
        'DRUG_EXPOSURE.csv':
          'PERSON_ID,DRUG_CONCEPT_ID,DRUG_EXPOSURE_START_DATE\n1,11,2019-01-01\n1,12,2019-01-01\n2,10,2019-01-01\n',
        'CONCEPT_ANCESTOR.csv': 'ANCESTOR_CONCEPT_ID,DESCENDANT_CONCEPT_ID\n10,10\n10,11\n11,12\n9,12\n',
      },
      {
        columns: {
          age: { person: 'birth', as: 'ageAtIndex' },
          drug: { table: 'DRUG_EXPOSURE', concepts: [10], descendants: true, aggregate: 'count' },
          exact: { table: 'DRUG_EXPOSURE', concepts: [10], aggregate: 'count' },
        },
      },
    );
    expect(rows).toEqual([
      { age: '60', drug: '1', exact: '0' },
      { age: '29', drug: '1', exact: '1' },
    ]);
    expect(remarks).toEqual(['column "age": births that are a month or a year, taken as its middle (1)']);
  });

  it.each([
    ['a table that is not there', {}, 'FILE_NOT_FOUND', /no table MEASUREMENT \(MEASUREMENT.csv\)/],
    [
      'a person who is there twice',
      { 'PERSON.csv': `${person}1.0,8507,1961,1,1,\n`, 'MEASUREMENT.csv': measurement },
      'DATA_MALFORMED',
      /line 4.*the person of line 2 once more/,
    ],
    [
      'no id',
      { 'PERSON.csv': `${person},8507,1961,1,1,\n`, 'MEASUREMENT.csv': measurement },
      'DATA_MALFORMED',
      /line 4.*no id/,
    ],
    [
      'a column that is not there',
      { 'MEASUREMENT.csv': 'PERSON_ID,MEASUREMENT_DATE\n' },
      'DATA_MALFORMED',
      /no column/,
    ],
    [
      'text for a number',
      { 'MEASUREMENT.csv': `${measurement}1,1,3004501,2019-01-01,,secret,8840,,\n` },
      'DATA_MALFORMED',
      /line 2, column "VALUE_AS_NUMBER": not a number/,
    ],
    [
      'no date',
      { 'MEASUREMENT.csv': `${measurement}1,1,3004501,secret,,1,8840,,\n` },
      'DATA_MALFORMED',
      /line 2, column "MEASUREMENT_DATE": no date/,
    ],
    [
      'a unit that nobody knows',
      { 'MEASUREMENT.csv': `${measurement}1,1,3004501,2019-01-01,,1,8840,,\n` },
      'DATA_MALFORMED',
      /unit concept 8840 is unknown/,
    ],
    [
      'a number without an end',
      { 'MEASUREMENT.csv': `${measurement}1,1,3004501,2019-01-01,,1e999,0,mmol/L,\n` },
      'DATA_NOT_FINITE',
      /line 2/,
    ],
    [
      'one table twice',
      { 'MEASUREMENT.csv': measurement, 'measurement.csv': measurement },
      'DATA_MALFORMED',
      /2 files of the table MEASUREMENT/,
    ],
  ] as const)('refuses %s', async (_, files, code, message) => {
    const error = await open(files as Record<string, string>).catch((reason: Error & { code: string }) => reason);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('secret');
  });

  it('refuses a mapping that is none', async () => {
    for (const mapping of [
      { columns: { x: { table: 'PERSON', aggregate: 'any' } } },
      { columns: { x: { table: 'CONDITION_OCCURRENCE', concepts: [0], aggregate: 'any' } } },
      { columns: { x: { table: 'CONDITION_OCCURRENCE', concepts: [1] } } },
      { columns: { x: { person: 'birth', as: 'ageAtIndex' } } },
      { columns: { x: { person: 'gender; drop' } } },
      { columns, units: { 8840: 'furlong' } },
    ])
      await expect(openOmop('/nowhere', mapping as OmopMappingInput)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
