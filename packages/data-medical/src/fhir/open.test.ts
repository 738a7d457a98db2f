import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, readAll } from '../records/testing/read.js';
import type { FhirMappingInput } from './mapping.js';
import { openFhir } from './open.js';

const loinc = (...codes: string[]) => ({ system: 'http://loinc.org', codes });
const snomed = (...codes: string[]) => ({ system: 'http://snomed.info/sct', codes });
const concept = (...codings: (readonly [string, string])[]) => ({
  coding: codings.map(([system, code]) => ({ system, code })),
});
const a1c = concept(['http://loinc.org', '4548-4']);

const patient = (id: string, more = {}) => ({
  resourceType: 'Patient',
  id,
  gender: 'female',
  birthDate: '1960-06-15',
  ...more,
});
const observation = (id: string, date: string | undefined, more = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: a1c,
  subject: { reference: 'Patient/p' },
  ...(date !== undefined && { effectiveDateTime: date }),
  valueQuantity: { value: 7, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
  ...more,
});
const quantity = (value: unknown, code?: string, more = {}) => ({
  valueQuantity: { value, ...(code !== undefined && { system: 'http://unitsofmeasure.org', code }), ...more },
});

const hba1c = { resource: 'Observation', code: loinc('4548-4'), unit: '%' } as const;
const columns: FhirMappingInput['columns'] = { id: { path: 'id' }, hba1c };
const index = { date: '2020-01-01' };

async function read(resources: readonly unknown[], mapping: Partial<FhirMappingInput> = {}) {
  const folder = await folderOf({ 'records.ndjson': resources as unknown[] });
  return readAll(openFhir(folder, { index, columns, ...mapping }));
}
const cells = async (resources: readonly unknown[], mapping: Partial<FhirMappingInput> = {}) =>
  (await read(resources, mapping)).rows;
const one = async (
  column: FhirMappingInput['columns'][string],
  resources: readonly unknown[],
  mapping: Partial<FhirMappingInput> = {},
) => (await cells([patient('p'), ...resources], { columns: { x: column }, ...mapping }))[0]!['x'];

describe('openFhir', () => {
  it('has one row a patient, in the order of the mapping', async () => {
    const { rows, notes, files } = await read(
      [
        observation('o1', '2019-05-01T08:00:00+02:00'),
        observation('o2', '2019-11-01', quantity(0.065, '1')),
        observation('o3', '2020-03-01', quantity(9, '%')),
        patient('p', { deceasedDateTime: '2020-06-01T10:00:00Z', address: [{ line: ['x'] }, { state: 'MA' }] }),
        patient('q', { gender: undefined, birthDate: '1990', deceasedBoolean: true }),
      ],
      {
        columns: {
          sex: { path: 'gender' },
          age: { path: 'birthDate', as: 'ageAtIndex' },
          state: { path: 'address.state' },
          hba1c: { ...hba1c, within: { before: 'P1Y' } },
          highest: { ...hba1c, within: 'ever', aggregate: 'max' },
          later: { resource: 'Observation', within: { before: '-P1D', after: 'P1Y' }, aggregate: 'count' },
          died: { path: 'deceased[x]', as: 'within', within: { before: '-P1D', after: 'P1Y' } },
          days: { path: 'deceasedDateTime', as: 'daysFromIndex' },
        },
      },
    );
    expect(rows).toEqual([
      { sex: 'female', age: '59', state: 'MA', hba1c: '6.5', highest: '9', later: '1', died: '1', days: '152' },
      { sex: '', age: '29', state: '', hba1c: '', highest: '', later: '0', died: '', days: '' },
    ]);
    expect(notes['hba1c']).toEqual({ unit: '%' });
    expect(notes['age']).toEqual({ unit: 'a' });
    expect(notes['died']).toEqual({ levels: ['0', '1'] });
    expect(files.map((file) => basename(file))).toEqual(['records.ndjson']);
  });

  it('aggregates what lies in the window', async () => {
    const values = [
      observation('a', '2019-03-01', quantity(6, '%')),
      observation('b', '2019-06-01T09:00:00Z', quantity(8, '%')),
      observation('c', '2019-06-01T11:00:00+04:00', quantity(7, '%')), // two hours before b
      observation('d', '2017-01-01', quantity(3, '%')),
    ];
    const within = { before: 'P1Y' } as const;
    const expected = {
      first: '6',
      last: '8',
      mean: '7',
      min: '6',
      max: '8',
      count: '3',
      any: '1',
      daysToFirst: '-306',
      daysToLast: '-214',
    };
    for (const [aggregate, cell] of Object.entries(expected)) {
      const looksAtValues = ['first', 'last', 'mean', 'min', 'max'].includes(aggregate);
      const { unit, ...plain } = hba1c;
      const column = {
        ...plain,
        ...(looksAtValues && { unit }),
        within,
        aggregate,
      } as FhirMappingInput['columns'][string];
      expect(await one(column, values), aggregate).toBe(cell);
      expect(await one(column, values.toReversed()), aggregate).toBe(cell);
    }
  });

  it('counts from an index event: the first, the last, or each', async () => {
    const condition = (id: string, onset: string, more = {}) => ({
      resourceType: 'Condition',
      id,
      subject: { reference: 'Patient/p' },
      code: concept(['http://snomed.info/sct', '1']),
      onsetDateTime: onset,
      ...more,
    });
    const records = [
      patient('p'),
      patient('never'),
      condition('c1', '2015-01-01'),
      condition('c2', '2018-01-01'),
      condition('c3', '2018-01-01T12:00:00Z'),
      condition('c4', '2010-01-01', {
        verificationStatus: concept(['http://terminology.hl7.org/CodeSystem/condition-ver-status', 'entered-in-error']),
      }),
      observation('o', '2016-05-05'),
    ];
    const by = async (pick: 'first' | 'last' | 'each') =>
      read(records, {
        index: { resource: 'Condition', code: snomed('1'), pick },
        columns: { age: { path: 'birthDate', as: 'ageAtIndex' }, hba1c },
      });
    expect((await by('first')).rows).toEqual([{ age: '54', hba1c: '' }]);
    expect((await by('last')).rows).toEqual([{ age: '57', hba1c: '7' }]);
    const each = await by('each');
    expect(each.rows).toEqual([
      { age: '54', hba1c: '' },
      { age: '57', hba1c: '7' },
    ]);
    expect(each.remarks).toContain('patients: patients left out who have no index event (1)');
    expect(each.remarks).toContain('index: left out: verification status entered-in-error (1)');
  });

  it('leaves out what did not happen, and says how often', async () => {
    const { rows, counts } = await read([
      patient('p'),
      ...['entered-in-error', 'cancelled', 'cancelled', 'not-done'].map((status, i) =>
        observation(`s${i}`, '2019-01-01', { status }),
      ),
      observation('m', '2019-01-01', { modifierExtension: [{ url: 'http://x', valueBoolean: true }] }),
      observation('a', '2019-01-01', { valueQuantity: undefined, dataAbsentReason: { text: 'lost' } }),
      observation('n', undefined),
      observation('g', '2019-01-01', { subject: { reference: 'Group/1' } }),
      observation('r', '2019-01-01', { subject: { identifier: { value: '12' } } }),
      observation('z', '2019-01-01', { subject: { reference: 'Patient/unknown' } }),
      observation('v', '2019'),
      observation('w', '2020'),
    ]);
    expect(rows).toEqual([{ id: 'p', hba1c: '7' }]);
    const at = (what: string) => counts.find((counted) => counted.what === what)?.count;
    expect(at('left out: status cancelled')).toBe(2);
    expect(at('left out: status entered-in-error')).toBe(1);
    expect(at('left out: status not-done')).toBe(1);
    expect(at('left out: a modifierExtension')).toBe(1);
    expect(at('left out: no value, for a reason that is given')).toBe(1);
    expect(at('left out: no date')).toBe(1);
    expect(at('left out: no reference to a patient')).toBe(2);
    expect(at('patients left out who have records, and no record of their own')).toBe(1);
    expect(at('records left out whose date is too vague for the window')).toBe(1);
  });

  it('finds a code among several codings, and only in its system', async () => {
    const codings = concept(
      ['http://loinc.org', '2708-6'],
      ['urn:iso:std:iso:11073:10101', '150456'],
      ['http://loinc.org', '59408-5'],
    );
    const saturation = [observation('o', '2019-01-01', { code: codings, ...quantity(95, '%') })];
    expect(await one({ resource: 'Observation', code: loinc('59408-5'), unit: '%' }, saturation)).toBe('95');
    expect(await one({ resource: 'Observation', code: loinc('150456'), unit: '%' }, saturation)).toBe('');
    expect(await one({ resource: 'Observation', code: { codes: ['150456'] }, unit: '%' }, saturation)).toBe('95');
  });

  it('reads components', async () => {
    const panel = observation('bp', '2019-01-01', {
      valueQuantity: undefined,
      code: concept(['http://loinc.org', '85354-9']),
      component: [
        { code: concept(['http://loinc.org', '8462-4']), ...quantity(80, 'mm[Hg]') },
        { code: concept(['http://loinc.org', '8480-6']), ...quantity(120, 'mm[Hg]') },
      ],
    });
    const systolic = { resource: 'Observation', component: loinc('8480-6'), unit: 'mm[Hg]' } as const;
    expect(await one(systolic, [panel])).toBe('120');
    expect(await one({ ...systolic, code: loinc('85354-9') }, [panel])).toBe('120');
    expect(await one({ ...systolic, code: loinc('1') }, [panel])).toBe('');
  });

  it('reads values of every type', async () => {
    const smoking = { resource: 'Observation', code: loinc('4548-4') } as const;
    const typed = (more: object) => [observation('o', '2019-01-01', { valueQuantity: undefined, ...more })];
    const coded = concept(['http://local', 'x'], ['http://snomed.info/sct', '266919005']);
    expect(await one(smoking, typed({ valueCodeableConcept: coded }))).toBe('x');
    expect(
      await one({ ...smoking, valueSystem: 'http://snomed.info/sct' }, typed({ valueCodeableConcept: coded })),
    ).toBe('266919005');
    expect(await one(smoking, typed({ valueString: ' two words ' }))).toBe('two words');
    expect(await one(smoking, typed({ valueBoolean: false }))).toBe('false');
    expect(await one(smoking, typed({ valueInteger: 3 }))).toBe('3');
    expect(await one({ ...smoking, aggregate: 'mean' }, typed({ valueInteger: 0 }))).toBe('0');
    expect(await one(smoking, typed({ valueDateTime: '2019-02' }))).toBe('2019-02');
    expect(await one({ ...smoking, aggregate: 'mean' }, typed({ valueString: 'high' }))).toBe('');
    expect(await one({ ...smoking, value: 'interpretation' }, typed({ interpretation: [coded] }))).toBe('x');
  });

  it('follows drugs into the resource, and into the bundle', async () => {
    const drug = concept(['http://www.nlm.nih.gov/research/umls/rxnorm', '860975']);
    const request = (id: string, more: object) => ({
      resourceType: 'MedicationRequest',
      id,
      status: 'stopped',
      authoredOn: '2019-01-01',
      subject: { reference: 'Patient/p' },
      ...more,
    });
    const column = { resource: 'MedicationRequest', code: { codes: ['860975'] }, aggregate: 'count' } as const;
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl: 'https://x.org/fhir/Patient/p', resource: patient('p') },
        { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Medication', code: drug } },
        { fullUrl: 'https://x.org/fhir/Medication/2', resource: { resourceType: 'Medication', id: '2', code: drug } },
        { resource: request('a', { medicationCodeableConcept: drug }) },
        {
          resource: request('b', {
            medicationReference: { reference: '#m' },
            contained: [{ resourceType: 'Medication', id: 'm', code: drug }],
          }),
        },
        { resource: request('c', { medicationReference: { reference: 'urn:uuid:1' } }) },
        { resource: request('d', { medicationReference: { reference: 'Medication/2' } }) },
        { resource: request('e', { medicationReference: { reference: 'Medication/elsewhere' } }) },
        { resource: request('f', { medicationCodeableConcept: drug, doNotPerform: true }) },
      ],
    };
    const folder = await folderOf({ 'b.json': bundle });
    const { rows, remarks } = await readAll(openFhir(folder, { index, columns: { metformin: column } }));
    expect(rows).toEqual([{ metformin: '4' }]);
    expect(remarks.join('\n')).toMatch(/only referred to.*\(1\)/);
    expect(remarks.join('\n')).toMatch(/not to be done \(1\)/);
  });

  it('tells patients by relative and absolute references, of a version, and by the UUID of an entry', async () => {
    const about = (reference: string, i: number) => observation(`o${i}`, '2019-01-01', { subject: { reference } });
    const relative = ['Patient/p', 'https://x.org/fhir/Patient/p', 'http://y.org/Patient/p/_history/3'].map(about);
    expect(await one({ resource: 'Observation', aggregate: 'count' }, [...relative, about('Patient/p?x=1', 9)])).toBe(
      '3',
    );

    const transaction = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: 'urn:uuid:aaaa',
          resource: { ...patient('x'), id: undefined },
          request: { method: 'POST', url: 'Patient' },
        },
        { fullUrl: 'urn:uuid:bbbb', resource: patient('own-id'), request: { method: 'POST', url: 'Patient' } },
        {
          fullUrl: 'urn:uuid:1',
          resource: observation('1', '2019-01-01', { id: undefined, subject: { reference: 'urn:uuid:aaaa' } }),
        },
        {
          fullUrl: 'urn:uuid:2',
          resource: observation('2', '2019-01-01', { id: undefined, subject: { reference: 'urn:uuid:bbbb' } }),
        },
        { request: { method: 'DELETE', url: 'Patient/9' } },
      ],
    };
    const folder = await folderOf({ 't.json': transaction });
    const { rows, remarks } = await readAll(openFhir(join(folder, 't.json'), { index, columns }));
    expect(rows).toEqual([
      { id: 'aaaa', hba1c: '7' },
      { id: 'own-id', hba1c: '7' },
    ]);
    expect(remarks).toEqual(['source: entries left out that delete a resource (1)']);
  });

  it('puts a patient together out of several files, and counts a record that comes twice once', async () => {
    const folder = await folderOf({
      'a.ndjson': [observation('o1', '2019-01-01'), observation('o2', '2019-02-01')],
      'b.json': {
        resourceType: 'Bundle',
        type: 'searchset',
        entry: [{ resource: patient('p') }, { resource: observation('o2', '2019-02-01') }],
      },
      'c.json': patient('p', { gender: 'male' }),
      'log.ndjson': [
        { exportId: 'x', eventId: 'kickoff' },
        { exportId: 'x', eventId: 'end' },
      ],
      'notes.txt': 'not read',
    });
    const { rows, remarks, files } = await readAll(
      openFhir(folder, { columns: { sex: { path: 'gender' }, n: { resource: 'Observation', aggregate: 'count' } } }),
    );
    expect(rows).toEqual([{ sex: 'female', n: '2' }]);
    expect(remarks).toEqual([
      'column "n": records that come twice, used once (1)',
      'column "sex": another record of the patient says otherwise: the first counts (1)',
      'source: files left out that are logs of an export (1)',
    ]);
    expect(files.map((file) => basename(file))).toEqual(['a.ndjson', 'b.json', 'c.json', 'log.ndjson']);
  });

  it('says what it is not sure of in a patient', async () => {
    const { rows, remarks } = await read(
      [
        patient('year', { birthDate: '1960' }),
        patient('unborn', { birthDate: '2021-01-01' }),
        patient('alive', { deceasedBoolean: false }),
        patient('dead', { deceasedBoolean: true }),
        patient('vague', { deceasedDateTime: '2020' }),
        patient('merged', { link: [{ type: 'replaced-by', other: { reference: 'Patient/alive' } }] }),
        patient('other', { modifierExtension: [{ url: 'http://x', valueBoolean: true }] }),
        observation('o', undefined, { subject: { reference: 'Patient/year' } }),
      ],
      {
        columns: {
          age: { path: 'birthDate', as: 'ageAtIndex' },
          died: { path: 'deceased[x]', as: 'within', within: { after: 'P1M' } },
          any: { resource: 'Observation', within: 'ever', aggregate: 'any' },
          last: { ...hba1c, within: 'ever' },
        },
      },
    );
    expect(rows.map((row) => Object.values(row).join())).toEqual([
      '59,0,1,',
      ',0,0,',
      '59,0,0,',
      '59,,0,',
      '59,,0,',
      '59,0,0,',
    ]);
    expect(remarks.toSorted()).toEqual([
      'column "age": births that are a month or a year, taken as its middle (1)',
      'column "age": born after the index: empty (1)',
      'column "died": dates too vague for the window: empty (1)',
      'column "died": it happened, and nobody says when: empty (1)',
      'column "last": records left out without a date: nobody can tell which is first (1)',
      'patients: left out: a modifierExtension (1)',
      'patients: patients that are replaced by another record, kept as they are (1)',
    ]);
  });

  it('takes an index that is a year as its first day, and says so', async () => {
    const onset = { resourceType: 'Condition', subject: { reference: 'Patient/p' }, onsetDateTime: '2018' };
    const { rows, remarks } = await read(
      [patient('p'), onset, observation('o', '2018-01-01'), observation('x', '2018-01-02')],
      {
        index: { resource: 'Condition' },
        columns: { n: { resource: 'Observation', aggregate: 'count' } },
      },
    );
    expect(rows).toEqual([{ n: '1' }]);
    expect(remarks).toEqual(['index: dates that are a month or a year, taken as its first day (1)']);
  });

  it('reads extensions', async () => {
    const race = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race';
    const extension = [
      { url: 'http://other', valueString: 'x' },
      {
        url: race,
        extension: [
          { url: 'text', valueString: 'White' },
          { url: 'ombCategory', valueCoding: { code: '2106-3' } },
        ],
      },
    ];
    const mapping = { columns: { race: { path: `extension('${race}').extension("ombCategory").valueCoding.code` } } };
    expect(await cells([patient('p', { extension })], mapping)).toEqual([{ race: '2106-3' }]);
  });
});

describe('units in openFhir', () => {
  const glucose = { resource: 'Observation', code: loinc('4548-4'), unit: 'mmol/L', analyte: 'glucose' } as const;
  const valued = (...of: object[]) => of.map((value, i) => observation(`o${i}`, '2019-01-01', value));

  it('are converted, and said', async () => {
    const { rows, remarks } = await read([patient('p'), ...valued(quantity(180.156, 'mg/dL'))], {
      columns: { glucose },
    });
    expect(Number(rows[0]!['glucose'])).toBeCloseTo(10, 12);
    expect(remarks).toEqual(['column "glucose": values in mg/dL, converted to mmol/L (1)']);
  });

  it('are taken from what people read where there is no code', async () => {
    expect(Number(await one(glucose, valued({ valueQuantity: { value: 180.156, unit: 'mg/dL' } })))).toBeCloseTo(
      10,
      12,
    );
    const temperature = { resource: 'Observation', unit: 'Cel' } as const;
    expect(
      await one(
        temperature,
        valued({ valueQuantity: { value: 98.6, unit: '°F', system: 'http://local', code: 'F1' } }),
      ),
    ).toBe('37');
  });

  it('are refused by their names where they are of another kind, unknown, or missing', async () => {
    const message = (column: object, ...values: object[]) =>
      one(column as never, valued(...values)).then(
        () => 'taken',
        (error: Error & { code: string }) => `${error.code} ${error.message}`,
      );
    const { analyte, ...without } = glucose;
    expect(analyte).toBe('glucose');
    expect(await message(without, quantity(1, 'mg/dL'))).toMatch(
      /^DATA_MALFORMED .*records.ndjson, line 2, column "x": mg\/dL is unknown here, or can't be told in mmol\/L.*analyte/,
    );
    expect(await message(glucose, quantity(1, 'furlong'))).toMatch(/furlong/);
    expect(await message(glucose, quantity(1))).toMatch(/without a unit.*assumeUnit/);
    expect(await message(glucose, { valueQuantity: { value: 1, unit: 'Ada Lovelace' } })).not.toMatch(/Ada/);
    const { unit, ...none } = without;
    expect(unit).toBe('mmol/L');
    expect(await message(none, quantity(1, 'mg/dL'))).toMatch(/a value in mg\/dL: say with "unit"/);
    expect(await message(glucose, quantity('1', 'mg/dL'))).toMatch(/"value" is a text where a number should be/);
    expect(await message(glucose, quantity([1], 'mg/dL'))).toMatch(/"value" is a list/);
  });

  it('are left out or assumed where the mapping says so', async () => {
    const { rows, counts } = await read(
      [patient('p'), ...valued(quantity(1, 'furlong'), quantity(5), quantity(180.156, 'mg/dL'))],
      { columns: { x: { ...glucose, otherUnits: 'leave-out', assumeUnit: 'mmol/L', aggregate: 'min' } } },
    );
    expect(rows).toEqual([{ x: '5' }]);
    expect(counts.map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(counts[0]!.what).toMatch(/furlong/);
    expect(counts[1]!.what).toBe('values without a unit, taken as mmol/L');
  });

  it('of bounds: taken, left out or refused, and always said', async () => {
    const bound = valued(quantity(0.5, 'mmol/L', { comparator: '<' }));
    const taken = await read([patient('p'), ...bound], { columns: { x: glucose } });
    expect(taken.rows).toEqual([{ x: '0.5' }]);
    expect(taken.remarks).toEqual(['column "x": bounds (such as <5) taken as values (1)']);
    expect(await one({ ...glucose, bounds: 'leave-out' }, bound)).toBe('');
    await expect(one({ ...glucose, bounds: 'error' }, bound)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });
});

describe('a mapping of FHIR', () => {
  const refused = (mapping: unknown) =>
    openFhir('/nowhere', mapping as FhirMappingInput).then(
      () => 'taken',
      (error: Error & { code: string }) => `${error.code} ${error.message}`,
    );

  it.each([
    [{ columns: {} }, /there are no columns/],
    [{ columns: { x: { path: 'a..b' } } }, /a path such as/],
    [{ columns: { x: { path: 'birthDate', as: 'ageAtIndex' } } }, /columns.x.as: this needs an index/],
    [{ columns: { x: { ...hba1c, within: { before: 'P1Y' } } } }, /columns.x.within: this needs an index/],
    [{ index, columns: { x: { ...hba1c, within: { before: '1 year' } } } }, /P1Y/],
    [{ index, columns: { x: { ...hba1c, unit: 'percent' } } }, /columns.x/],
    [{ index, columns: { x: { resource: 'Observation', analyte: 'glucose' } } }, /in which unit/],
    [{ index, columns: { x: { resource: 'Condition' } } }, /only an Observation has a value/],
    [{ index, columns: { x: { resource: 'Patient', aggregate: 'any' } } }, /columns.x/],
    [{ index, columns: { x: { resource: 'Flag', aggregate: 'any' } } }, /columns.x/],
    [{ index: { resource: 'Flag' }, columns }, /index/],
    [{ index, columns: { x: { ...hba1c, aggregate: 'any' } } }, /any reads no value/],
    [{ index: { date: '2020-13-01' }, columns }, /index/],
    [{ index, columns, extra: 1 }, /extra/],
  ])('%o is refused', async (mapping, message) => {
    const found = await refused(mapping);
    expect(found).toMatch(/^CONFIG_INVALID/);
    expect(found).toMatch(message);
  });

  it('is checked before a file is looked for', async () => {
    expect(await refused({ index, columns })).toMatch(/^FILE_NOT_FOUND/);
    await expect(openFhir(await folderOf({ 'x.txt': 'x' }), { columns })).rejects.toMatchObject({ code: 'DATA_EMPTY' });
  });
});
