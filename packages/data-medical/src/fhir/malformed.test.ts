import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, readAll } from '../records/testing/read.js';
import { Tally } from '../records/tally.js';
import { linesOf } from './lines.js';
import type { FhirMappingInput } from './mapping.js';
import { openFhir } from './open.js';
import { resourcesOf } from './resources.js';

const mapping: FhirMappingInput = {
  index: { resource: 'Condition', code: { codes: ['c'] } },
  columns: {
    sex: { path: 'gender' },
    age: { path: 'birthDate', as: 'ageAtIndex' },
    value: { resource: 'Observation', code: { codes: ['o'] }, unit: 'mg/dL' },
    part: { resource: 'Observation', component: { codes: ['k'] }, unit: 'mg/dL' },
  },
};
const secret = 'Ada-1815';
const good = {
  resourceType: 'Observation',
  id: 'o',
  status: 'final',
  code: { coding: [{ code: 'o' }] },
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2019-01-01',
  valueQuantity: { value: 1, code: 'mg/dL' },
};
const patient = { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1960-01-01' };

async function errorOf(name: string, content: unknown): Promise<Error & { code: string }> {
  const folder = await folderOf({ [name]: content });
  return readAll(openFhir(folder, mapping)).then(
    () => {
      throw new Error('it was taken');
    },
    (error: Error & { code: string }) => error,
  );
}

/** Neither the message nor what caused it may say what a record says. */
function assertQuiet(error: Error): void {
  for (let one: unknown = error; one instanceof Error; one = one.cause) expect(one.message).not.toContain(secret);
}

describe('FHIR that is malformed', () => {
  it.each([
    [
      'a code that is a number',
      { ...good, code: { coding: [{ code: 5 }] } },
      /"code" is a number where a text should be/,
    ],
    [
      'codings that are an object',
      { ...good, code: { coding: { code: secret } } },
      /"coding" is an object where a list should be/,
    ],
    [
      'a coding that is a text',
      { ...good, code: { coding: [secret] } },
      /"coding" has a text where an object should be/,
    ],
    ['a date that is a number', { ...good, effectiveDateTime: 20190101 }, /"effectiveDateTime" is no date/],
    ['a date that is none', { ...good, effectiveDateTime: secret }, /"effectiveDateTime" is no date/],
    ['a subject that is a text', { ...good, subject: secret }, /"subject" is a text where an object should be/],
    [
      'a reference that is a list',
      { ...good, subject: { reference: [secret] } },
      /"reference" is a list where a text should be/,
    ],
    [
      'a value that is a text',
      { ...good, valueQuantity: { value: secret, code: 'mg/dL' } },
      /"value" is a text where a number should be/,
    ],
    ['a unit that is a number', { ...good, valueQuantity: { value: 1, code: 7 } }, /"code" is a number/],
    ['a unit that is somebody', { ...good, valueQuantity: { value: 1, unit: secret } }, /a unit in words/],
    [
      'components that are an object',
      { ...good, component: { code: secret } },
      /"component" is an object where a list should be/,
    ],
    ['a status that is a list', { ...good, status: [secret] }, /"status" is a list/],
    ['an id that is a number', { ...good, id: 1815 }, /"id" is a number/],
    [
      'a value of a type that is not read',
      { ...good, valueQuantity: undefined, valueRatio: { numerator: secret } },
      /a value of a type that is not read/,
    ],
    ['a birth that is none', { ...patient, birthDate: secret }, /"birthDate" is no date/],
    ['a birth that is an object', { ...patient, birthDate: { x: secret } }, /"birthDate" is an object: go on/],
    ['a patient without an id', { ...patient, id: undefined }, /a Patient without an "id"/],
    ['no type', { id: secret }, /no "resourceType"/],
    ['a list', [secret], /a list where a resource should be/],
    ['a text', secret, /a text where a resource should be/],
    ['null', null, /null where a resource should be/],
  ] as const)('%s: an error with the line or entry', async (_, resource, message) => {
    const lines = `${JSON.stringify(patient)}\n\n${JSON.stringify(resource)}\n`;
    const line = await errorOf('x.ndjson', lines);
    expect(line).toMatchObject({ code: 'DATA_MALFORMED' });
    expect(line.message).toMatch(/x\.ndjson, line 3/);
    expect(line.message).toMatch(message);
    assertQuiet(line);
    if (Array.isArray(resource) || typeof resource !== 'object' || resource === null) return;
    const entry = await errorOf('x.json', {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: patient }, { resource }],
    });
    expect(entry.message).toMatch(/x\.json, entry 2/);
    expect(entry.message).toMatch(message);
  });

  it('names the line that is no JSON, and does not quote it', async () => {
    for (const broken of [`{"resourceType":"Patient","id":"${secret}"`, `{${secret}}`, secret, `{"a":"${secret}"}}`]) {
      const error = await errorOf('x.ndjson', `${JSON.stringify(patient)}\n${broken}\n${JSON.stringify(patient)}\n`);
      expect(error.message).toMatch(/x\.ndjson, line 2: this is not JSON/);
      assertQuiet(error);
      const bundle = await errorOf('x.json', broken);
      expect(bundle.message).toMatch(/x\.json: this is not JSON/);
      assertQuiet(bundle);
    }
    expect((await errorOf('x.json', ' ')).message).toMatch(/nothing is there/);
  });

  it('refuses bundles that are none', async () => {
    for (const [bundle, message] of [
      [{ resourceType: 'Bundle', type: 'history', entry: [] }, /history/],
      [{ resourceType: 'Bundle', type: 5 }, /"type" is a number/],
      [{ resourceType: 'Bundle', entry: { resource: secret } }, /"entry" is an object where a list should be/],
      [{ resourceType: 'Bundle', entry: [secret] }, /"entry" has a text/],
      [{ resourceType: 'Bundle', entry: [{ resource: secret }] }, /entry 1: "resource" is a text/],
      [{ resourceType: ['Bundle'] }, /"resourceType" is a list/],
    ] as const) {
      const error = await errorOf('x.json', bundle);
      expect(error.message).toMatch(message);
      assertQuiet(error);
    }
    let nested: object = good;
    for (let i = 0; i < 10; i++) nested = { resourceType: 'Bundle', entry: [{ resource: nested }] };
    expect((await errorOf('x.json', nested)).message).toMatch(/bundles in bundles/);
  });

  it('refuses text that is not UTF-8', async () => {
    const folder = await folderOf({});
    const file = join(folder, 'x.ndjson');
    await writeFile(file, Buffer.from(`{"resourceType":"Patient","id":"\xe4"}\n`, 'latin1'));
    const read = async () => {
      for await (const { type } of resourcesOf(file, new Tally())) expect(type).toBe('never');
    };
    await expect(read()).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });
});

describe('linesOf', () => {
  const encoder = new TextEncoder();
  async function* pieces(...texts: string[]) {
    for (const text of texts) yield encoder.encode(text);
  }
  const linesIn = async (source: AsyncIterable<Uint8Array>, longest?: number) => {
    const lines: string[] = [];
    for await (const { number, text } of linesOf(source, 'x', longest)) lines.push(`${number}:${text}`);
    return lines;
  };

  it('counts lines, blank ones too, however they are cut and ended', async () => {
    expect(await linesIn(pieces('\uFEFFa\r', '\nb', 'c\n\n', '  \nd'))).toEqual(['1:a', '2:bc', '5:d']);
    expect(await linesIn(pieces())).toEqual([]);
  });

  it('gives up on a line of two gigabytes early, and keeps none of it', async () => {
    const piece = new Uint8Array(1 << 20).fill(0x61);
    let given = 0;
    async function* endless() {
      for (; given < 2048; given++) yield piece;
    }
    await expect(linesIn(endless())).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringMatching(/^x, line 1: longer than 67108864/),
    });
    expect(given).toBeLessThan(70);
    await expect(linesIn(pieces('ab\ncdef'), 3)).rejects.toThrow('x, line 2');
  });
});
