import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, readAll } from '../records/testing/read.js';
import { openFhir } from './open.js';

const columns = {
  sex: { path: 'gender' },
  value: { resource: 'Observation', code: { codes: ['o'] }, unit: 'mg/dL' },
  part: { resource: 'Observation', component: { codes: ['k'] }, unit: 'mg/dL' },
} as const;
const observation = {
  resourceType: 'Observation',
  id: 'o',
  code: { coding: [{ code: 'o' }] },
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2019-01-01',
  valueQuantity: { value: 1, code: 'mg/dL' },
};
const patient = JSON.stringify({ resourceType: 'Patient', id: 'p', gender: 'female' });
const lists = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
const objects = `${'{"code":'.repeat(1e6)}1${'}'.repeat(1e6)}`;

describe('FHIR that is made to exhaust a reader', () => {
  it('a million brackets, alone and as a member of a resource', async () => {
    for (const deep of [lists, objects]) {
      const alone = openFhir(await folderOf({ 'x.ndjson': `${deep}\n` }), { columns });
      await expect(readAll(alone)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    }
    // Lists in lists are not looked into: there is nothing. An object in the place of a text, or a list in that of an
    // object, is an error; an object without a reference is about nobody.
    const taken = {
      code: [true, false],
      component: [false, false],
      valueQuantity: [true, false],
      subject: [false, true],
      effectiveDateTime: [true, false],
    };
    const outcomes: Record<string, boolean[]> = {};
    for (const member of Object.keys(taken))
      for (const deep of [lists, objects]) {
        const { [member as 'code']: _, ...rest } = observation;
        const line = `{${JSON.stringify(rest).slice(1, -1)},"${member}":${deep}}`;
        const opening = openFhir(await folderOf({ 'x.ndjson': `${patient}\n${line}\n` }), { columns });
        const outcome = await readAll(opening).then(
          () => true,
          (error: { code: string }) => {
            expect(error.code).toBe('DATA_MALFORMED');
            return false;
          },
        );
        (outcomes[member] ??= []).push(outcome);
      }
    expect(outcomes).toEqual(taken);
  });

  it('a bundle that is too large to be parsed', async () => {
    const folder = await folderOf({ 'x.json': '' });
    await truncate(join(folder, 'x.json'), 300 * 2 ** 20);
    await expect(readAll(openFhir(folder, { columns }))).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/larger than 256 MiB: export it as NDJSON/),
    });
  });
});
