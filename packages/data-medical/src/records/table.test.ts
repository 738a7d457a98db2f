import { readTable, tableSchema, textRowReader } from '@fedward/kit-tables';
import { describe, expect, it } from 'vitest';
import { openFhir } from '../fhir/open.js';
import { openOmop } from '../omop/open.js';
import { folderOf } from './testing/read.js';

const schema = tableSchema.parse({
  columns: [
    { name: 'age', kind: 'numeric', range: [0, 110] },
    { name: 'sex', kind: 'binary', levels: ['female', 'male'] },
    { name: 'glucose', kind: 'numeric', missing: { fill: 5, indicator: true }, scale: { center: 5, spread: 2 } },
  ],
  label: {
    name: 'died',
    kind: 'class',
    classes: [
      { name: 'alive', values: [0] },
      { name: 'dead', values: [1] },
    ],
  },
  patientId: 'patient',
});

describe('a source of records', () => {
  it('is read by a schema as any other table is', async () => {
    const folder = await folderOf({
      'x.ndjson': [
        { resourceType: 'Patient', id: 'a', gender: 'female', birthDate: '1960-01-01', deceasedDateTime: '2020-02-01' },
        { resourceType: 'Patient', id: 'b', gender: 'male', birthDate: '1970-01-01' },
        {
          ...{ resourceType: 'Observation', code: { coding: [{ code: 'g' }] }, subject: { reference: 'Patient/b' } },
          ...{ effectiveDateTime: '2019-12-31T23:59:00Z', valueQuantity: { value: 90, code: 'mg/dL' } },
        },
      ],
    });
    const source = await openFhir(folder, {
      index: { date: '2020-01-01' },
      columns: {
        patient: { path: 'id' },
        age: { path: 'birthDate', as: 'ageAtIndex' },
        sex: { path: 'gender' },
        glucose: { resource: 'Observation', code: { codes: ['g'] }, unit: 'mmol/L', analyte: 'glucose' },
        died: { path: 'deceased[x]', as: 'within', within: { before: '-P1D', after: 'P1Y' } },
      },
    });
    const table = await readTable('x', schema, source.rows, textRowReader(schema, source.names, { file: folder }));
    expect(table.count).toBe(2);
    expect(table.patientIds).toEqual(['a', 'b']);
    expect(source.remarks()).toHaveLength(1);
  });

  it('is closed before a row is read, and opened for what is there', async () => {
    const folder = await folderOf({ 'PERSON.csv': 'PERSON_ID,GENDER_CONCEPT_ID\n1,8507\n' });
    const source = await openOmop(folder, { columns: { sex: { person: 'GENDER_CONCEPT_ID' } } });
    await source.close();
    expect(await source.rows.next()).toMatchObject({ done: true });
  });
});
