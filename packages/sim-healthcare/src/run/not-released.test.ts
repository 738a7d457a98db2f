import { describe, expect, it } from 'vitest';
import { notReleasedOf } from './not-released.js';

const population = { tabulated: true, ids: [], hospital: () => undefined as never };
const statement = { withheld: ['number of records'] };
const told = (...of: Parameters<typeof notReleasedOf>) => notReleasedOf(...of).join('; ');

describe('what is not released', () => {
  it('names every figure of a result that was computed from patients and is in no epsilon', () => {
    const all = { ...population, notices: ['2 patient ids occur at more than one hospital'] };
    const list = told(all, statement, { records: 7, epsilon: 3 });
    for (const figure of ['in the log too', 'how many records the patient with the most has', 'two hospitals share'])
      expect(list).toContain(figure);
    expect(list).toContain('number of records, rows read');
    expect(list).toContain('how long training took, and in how many steps');
    expect(list).not.toMatch(/\d/); // the figures themselves stand elsewhere
  });

  it('names what each hospital prepares its records by, where that was learned of them', () => {
    const fitted = (fittedOn: string) => ({
      ...population,
      ids: ['north'],
      hospital: () => ({ preprocessing: { fittedOn } }) as never,
    });
    expect(told(fitted('site'), statement, undefined)).toContain('preprocessing.json');
    expect(told(fitted('nothing'), statement, undefined)).not.toContain('preprocessing.json');
  });

  it('names none that is not there, or that is released', () => {
    const list = told({ ...population, tabulated: false, notices: [] }, { withheld: [] }, undefined);
    for (const figure of ['number of records', 'patient with the most', 'share', 'digests', 'each hospital'])
      expect(list).not.toContain(figure);
  });
});
