import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tally } from '../records/tally.js';
import { readAll } from '../records/testing/read.js';
import { openFhir } from './open.js';
import { resourcesOf, type Found } from './resources.js';

const dataDir = process.env['FEDWARD_DATA'];
const loinc = (...codes: string[]) => ({ system: 'http://loinc.org', codes });
const snomed = (...codes: string[]) => ({ system: 'http://snomed.info/sct', codes });

async function found(folder: string, ending: RegExp): Promise<Found[]> {
  const all: Found[] = [];
  for (const name of (await readdir(folder)).filter((file) => ending.test(file)).sort())
    for await (const one of resourcesOf(join(folder, name), new Tally())) all.push(one);
  return all;
}

function types(resources: readonly Found[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

describe.skipIf(!dataDir)('fhir-bulk-ndjson (needs FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'fhir-bulk-ndjson');

  it('has the resources that its README counts', async () => {
    expect(types(await found(folder, /\.ndjson$/))).toEqual({
      ...{
        Patient: 14,
        Condition: 555,
        AllergyIntolerance: 11,
        Immunization: 161,
        Encounter: 300,
        MedicationRequest: 300,
      },
      ...{ Procedure: 300, Device: 16, Organization: 43, Location: 44, Observation: 174, DiagnosticReport: 60 },
    });
    const observations = (await found(folder, /2021_Observation/)).map(({ resource }) => resource);
    const has = (name: string) => observations.filter((resource) => name in resource).length;
    expect([has('valueQuantity'), has('component'), has('valueCodeableConcept')]).toEqual([140, 21, 13]);
    expect(new Set(observations.map(({ code }) => (code as { coding: { code: string }[] }).coding[0]!.code)).size).toBe(
      38,
    );
  });

  /** By Python's json and datetime on the same files: the first date of each patient, in the day of its own zone. */
  it('makes a row of each first episode of stress, with what was known until then', async () => {
    const { rows, remarks } = await readAll(
      openFhir(folder, {
        index: { resource: 'Condition', code: snomed('73595000') },
        columns: {
          id: { path: 'id' },
          age: { path: 'birthDate', as: 'ageAtIndex' },
          episodes: { resource: 'Condition', code: snomed('73595000'), within: 'ever', aggregate: 'count' },
          working: { resource: 'Condition', code: snomed('160903007'), aggregate: 'count' },
        },
      }),
    );
    expect(rows.map(({ id, ...row }) => [id!.slice(0, 4), ...Object.values(row).map(Number)])).toEqual([
      ['129c', 19, 8, 0],
      ['6a41', 23, 10, 3],
      ['79a6', 18, 43, 1],
      ['7bc0', 18, 4, 1],
      ['8e1a', 52, 2, 12],
      ['a4a4', 19, 3, 1],
      ['a5cb', 84, 2, 0],
      ['ca15', 22, 4, 0],
      ['cbc8', 18, 1, 0],
      ['fb7c', 18, 1, 1],
    ]);
    expect(remarks).toContain('patients: patients left out who have no index event (4)');
    expect(remarks).toContain('source: files left out that are logs of an export (1)');
  });

  it('finds blood pressure in components, and weight in another unit', async () => {
    const files = ['synthea2021_Patient.ndjson', 'synthea2021_Observation.ndjson'].map((name) => join(folder, name));
    const pressure = { resource: 'Observation', component: loinc('8480-6'), unit: 'mm[Hg]' } as const;
    const { rows } = await readAll(
      openFhir(files, {
        index: { date: '2020-01-01' },
        columns: {
          first: { ...pressure, aggregate: 'first' },
          last: pressure,
          mean: { ...pressure, aggregate: 'mean', within: 'ever' },
          count: { resource: 'Observation', component: loinc('8480-6'), aggregate: 'count', within: { before: 'P3Y' } },
          weight: { resource: 'Observation', code: loinc('29463-7'), unit: '[lb_av]' },
          smoking: { resource: 'Observation', code: loinc('72166-2') },
        },
      }),
    );
    const { weight, mean, ...others } = rows[0]!;
    expect(others).toEqual({ first: '179', last: '150', count: '3', smoking: '266919005' });
    expect(Number(mean)).toBeCloseTo((179 + 151 + 148 + 146 + 147 + 150 + 145 + 150 + 155 + 157) / 10, 10);
    expect(Number(weight)).toBeCloseTo(77.1 / 0.45359237, 10);
  });
});

describe.skipIf(!dataDir)('synthea-fhir (needs FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'synthea-fhir');

  it('has the entries that its README counts', async () => {
    const all = await found(folder, /\.json$/);
    expect(all).toHaveLength(3025);
    expect(types(all)).toEqual({
      ...{
        Observation: 1541,
        Claim: 301,
        Encounter: 249,
        ExplanationOfBenefit: 249,
        Immunization: 135,
        Condition: 130,
      },
      ...{ Procedure: 100, DiagnosticReport: 98, MedicationRequest: 52, CareTeam: 48, CarePlan: 48, Organization: 28 },
      ...{ Practitioner: 28, Patient: 12, ImagingStudy: 4, AllergyIntolerance: 1, Device: 1 },
    });
  });

  /** By Python's json on the same bundles; glucose by 18.0156 mg/dL a mmol/L. */
  it('becomes a table of twelve patients', async () => {
    const { rows, remarks } = await readAll(
      openFhir(folder, {
        index: { date: '2024-07-01' },
        columns: {
          sex: { path: 'gender' },
          born: { path: 'birthDate' },
          died: { path: 'deceasedDateTime', as: 'within' },
          glucose: { resource: 'Observation', code: loinc('2339-0'), unit: 'mmol/L', analyte: 'glucose' },
          hba1c: { resource: 'Observation', code: loinc('4548-4'), unit: '%' },
          tests: { resource: 'Observation', code: loinc('4548-4'), aggregate: 'count' },
          pressure: { resource: 'Observation', component: loinc('8480-6'), unit: 'mm[Hg]', aggregate: 'max' },
          drugs: { resource: 'MedicationRequest', aggregate: 'count' },
        },
      }),
    );
    expect(
      rows.map(({ glucose, ...row }) => [
        ...Object.values(row),
        glucose === '' ? 0 : Math.round(Number(glucose) * 180.156) / 10,
      ]),
    ).toEqual([
      ['male', '1951-09-21', '1', '6.3', '6', '135', '4', 67.8],
      ['female', '1973-06-16', '0', '5.87', '4', '135', '4', 79.5],
      ['male', '1920-12-01', '1', '5.81', '10', '139', '17', 64.6],
      ['male', '2024-02-17', '0', '', '0', '116', '0', 0],
      ['male', '2009-01-19', '0', '', '0', '130', '1', 0],
      ['female', '1968-08-12', '0', '6.23', '3', '128', '8', 64.4],
      ['female', '2012-01-28', '0', '', '0', '136', '2', 0],
      ['male', '1999-09-07', '0', '', '0', '134', '3', 0],
      ['male', '1975-06-26', '0', '', '0', '131', '3', 0],
      ['female', '2013-07-07', '0', '', '0', '136', '6', 0],
      ['male', '1985-10-30', '0', '', '0', '119', '2', 0],
      ['female', '1968-08-23', '0', '5.93', '7', '135', '2', 64.5],
    ]);
    expect(remarks).toEqual(['column "glucose": values in mg/dL, converted to mmol/L (28)']);
  });
});

describe.skipIf(!dataDir)('fhir-us-core and fhir-r4-examples (need FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'fhir-us-core');

  it('has the resources that its README counts, those of two bundles among them', async () => {
    const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    expect(files).toHaveLength(97);
    const all = await found(folder, /\.json$/);
    const alone = all.filter(({ place }) => !place.includes(', entry'));
    expect(types(alone)).toMatchObject({
      Observation: 70,
      ServiceRequest: 5,
      Condition: 4,
      DiagnosticReport: 3,
      Specimen: 3,
      Patient: 3,
    });
    expect(alone).toHaveLength(95);
  });

  it('reads every form of a value that it has: several codings, components, codes, none', async () => {
    const { rows } = await readAll(
      openFhir(folder, {
        columns: {
          id: { path: 'id' },
          hemoglobin: { resource: 'Observation', code: loinc('718-7'), unit: 'g/L' },
          saturation: { resource: 'Observation', code: loinc('59408-5'), unit: '%' },
          oxygen: { resource: 'Observation', code: loinc('59408-5'), component: loinc('3150-6'), aggregate: 'any' },
          ulcer: { resource: 'Condition', code: snomed('51868009'), aggregate: 'any' },
          drugs: { resource: 'MedicationRequest', aggregate: 'count' },
          race: {
            path: 'extension("http://hl7.org/fhir/us/core/StructureDefinition/us-core-race").extension("ombCategory").valueCoding.code',
          },
        },
      }),
    );
    const example = rows.find(({ id }) => id === 'example')!;
    expect(example).toMatchObject({ hemoglobin: '170', saturation: '95', ulcer: '1', drugs: '3', race: '2106-3' });
    expect(rows).toHaveLength(3);
  });

  it('says what a panel without a value has, and where a file is none of FHIR', async () => {
    const examples = join(dataDir!, 'fhir-r4-examples');
    const { rows } = await readAll(openFhir(examples, { columns: { id: { path: 'id' }, sex: { path: 'gender' } } }));
    expect(rows).toEqual([
      { id: 'example', sex: 'male' },
      { id: 'pat1', sex: 'male' },
      { id: 'pat2', sex: 'other' },
    ]);
    const panel = join(folder, 'Observation-PHQ9-panel-example-44249-1.json');
    const { remarks } = await readAll(
      openFhir(panel, { columns: { items: { resource: 'Observation', code: loinc('69725-0') } } }),
    );
    expect(remarks).toEqual([]);
  });
});
