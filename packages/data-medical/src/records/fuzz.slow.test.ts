import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFedwardError } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFhir } from '../fhir/open.js';
import { openOmop } from '../omop/open.js';
import { openSyntheaCsv } from '../synthea/open.js';
import type { RecordSource } from './source.js';
import { folderOf, readAll } from './testing/read.js';

const dataDir = process.env['FEDWARD_DATA'];
const loinc = (...codes: string[]) => ({ system: 'http://loinc.org', codes });

/** Ends with rows, or with an error that fedward throws on purpose and that says nothing of a patient. */
async function survives(opening: Promise<RecordSource>, secrets: readonly string[]): Promise<'rows' | 'error'> {
  try {
    const { rows } = await readAll(opening);
    for (const row of rows) for (const cell of Object.values(row)) expect(typeof cell).toBe('string');
    return 'rows';
  } catch (error) {
    if (!isFedwardError(error)) throw error;
    for (let one: unknown = error; one instanceof Error; one = one.cause)
      for (const secret of secrets) expect(one.message).not.toContain(secret);
    return 'error';
  }
}

/** Bytes of a file that are changed, cut out or put in; or the rest of it cut off. */
const mutations = fc.array(
  fc.record({
    kind: fc.constantFrom('set', 'cut', 'insert', 'end'),
    // Without the bias towards small numbers, which would damage the header alone.
    at: fc.noBias(fc.nat(999_999)).map((n) => n / 1e6),
    // Mostly text: what is no UTF-8 does not come far.
    bytes: fc.oneof(
      { weight: 9, arbitrary: fc.uint8Array({ min: 0x28, max: 0x7a, minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }) },
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutated(bytes: Uint8Array, changes: readonly { kind: string; at: number; bytes: Uint8Array }[]): Uint8Array {
  let result = Buffer.from(bytes);
  for (const { kind, at, bytes: put } of changes) {
    const position = Math.floor(at * result.length);
    const after = kind === 'set' || kind === 'cut' ? position + put.length : position;
    const middle = kind === 'cut' || kind === 'end' ? Buffer.alloc(0) : Buffer.from(put);
    result = Buffer.concat([
      result.subarray(0, position),
      middle,
      kind === 'end' ? Buffer.alloc(0) : result.subarray(after),
    ]);
  }
  return result;
}

/** Any value anywhere in JSON, put in the place of another. */
const replacement = fc.oneof(
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    'x',
    [],
    {},
    [[]],
    [null],
    { coding: [] },
    { coding: [null] },
    { value: '1' },
    { reference: 5 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

function replaced(node: unknown, path: readonly number[], value: unknown): unknown {
  if (path.length === 0 || typeof node !== 'object' || node === null) return value;
  const keys = Object.keys(node);
  if (keys.length === 0) return value;
  const key = keys[path[0]! % keys.length]!;
  const copy = Array.isArray(node) ? [...(node as unknown[])] : { ...node };
  (copy as Record<string, unknown>)[key] = replaced((node as Record<string, unknown>)[key], path.slice(1), value);
  return copy;
}

describe.skipIf(!dataDir)('records that were damaged (needs FEDWARD_DATA)', () => {
  const fhirMapping = {
    index: { resource: 'Encounter', pick: 'last' },
    columns: {
      id: { path: 'id' },
      age: { path: 'birthDate', as: 'ageAtIndex' },
      state: { path: 'address.state' },
      died: { path: 'deceased[x]', as: 'within', within: 'ever' },
      weight: { resource: 'Observation', code: loinc('29463-7'), unit: 'kg' },
      pressure: { resource: 'Observation', component: loinc('8480-6'), unit: 'mm[Hg]', aggregate: 'mean' },
      any: { resource: 'Observation', otherUnits: 'leave-out', unit: '1', within: 'ever' },
      drugs: { resource: 'MedicationRequest', aggregate: 'count' },
    },
  } as const;

  it('as bytes of a bundle and of NDJSON', async () => {
    const bundle = await readFile(join(dataDir!, 'synthea-fhir', '1114198-bundle.json'));
    const lines = await readFile(join(dataDir!, 'fhir-bulk-ndjson', 'synthea2021_Observation.ndjson'));
    const observations = lines.subarray(0, lines.lastIndexOf(0x0a, 40_000) + 1);
    const folder = await folderOf({});
    const outcomes = { rows: 0, error: 0 };
    await fc.assert(
      fc.asyncProperty(mutations, fc.boolean(), async (changes, isBundle) => {
        const file = join(folder, isBundle ? 'x.json' : 'x.ndjson');
        await writeFile(file, mutated(isBundle ? bundle : observations, changes));
        outcomes[await survives(openFhir(file, fhirMapping), ['Brekke', 'Haywood', '913e9363'])]++;
      }),
      { numRuns: 400 },
    );
    expect(outcomes.error).toBeGreaterThan(50);
    expect(outcomes.rows).toBeGreaterThan(20);
  });

  it('as JSON of other types and forms', async () => {
    const { entry } = JSON.parse(await readFile(join(dataDir!, 'synthea-fhir', '1114198-bundle.json'), 'utf8')) as {
      entry: { resource: { resourceType: string } }[];
    };
    const read = new Set(['Patient', 'Encounter', 'Observation', 'MedicationRequest']);
    const chosen = entry.filter(({ resource }) => read.has(resource.resourceType)).slice(0, 12);
    const folder = await folderOf({});
    const file = join(folder, 'x.json');
    const outcomes = { rows: 0, error: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { minLength: 2, maxLength: 8 }), replacement, async (path, value) => {
        const bundle = { resourceType: 'Bundle', type: 'transaction', entry: replaced(chosen, path, value) };
        await writeFile(file, JSON.stringify(bundle));
        outcomes[await survives(openFhir(file, fhirMapping), ['Brekke', 'Haywood'])]++;
      }),
      { numRuns: 1500 },
    );
    expect(outcomes.error).toBeGreaterThan(100);
    expect(outcomes.rows).toBeGreaterThan(100);
  });

  it('as bytes of tables', async () => {
    const part = async (set: string, name: string) => {
      const text = await readFile(join(dataDir!, set, name), 'utf8');
      return Buffer.from(text.split('\n').slice(0, 60).join('\n'));
    };
    const omop = {
      person: await part('omop-gibleed', 'PERSON.csv'),
      events: await part('omop-gibleed', 'CONDITION_OCCURRENCE.csv'),
    };
    const synthea = {
      person: await part('synthea-csv', 'patients.csv'),
      events: await part('synthea-csv', 'conditions.csv'),
    };
    const folder = await folderOf({});
    const outcomes = { rows: 0, error: 0 };
    await fc.assert(
      fc.asyncProperty(mutations, fc.boolean(), fc.boolean(), async (changes, isOmop, isPerson) => {
        const { person, events } = isOmop ? omop : synthea;
        const damaged = {
          person: isPerson ? mutated(person, changes) : person,
          events: isPerson ? events : mutated(events, changes),
        };
        await writeFile(join(folder, 'PERSON.csv'), damaged.person);
        await writeFile(join(folder, 'patients.csv'), damaged.person);
        await writeFile(join(folder, 'CONDITION_OCCURRENCE.csv'), damaged.events);
        await writeFile(join(folder, 'conditions.csv'), damaged.events);
        const opening = isOmop
          ? openOmop(folder, {
              columns: { n: { table: 'CONDITION_OCCURRENCE', aggregate: 'count' }, birth: { person: 'birth' } },
            })
          : openSyntheaCsv(folder, {
              index: { date: '2020-01-01' },
              columns: {
                n: { table: 'conditions', aggregate: 'count' },
                age: { patient: 'BIRTHDATE', as: 'ageAtIndex' },
              },
            });
        outcomes[await survives(opening, ['Eduardo', '000728a7', '999-76'])]++;
      }),
      { numRuns: 500 },
    );
    expect(outcomes.error).toBeGreaterThan(50);
    expect(outcomes.rows).toBeGreaterThan(50);
  });
});
