import { expect, it } from 'vitest';
import { assumptionsOf } from './assumptions.js';

it('an epsilon stands with what core, the data and a ledger take for granted', () => {
  const statement = { assumptions: ['by core'] };
  expect(assumptionsOf(statement, {}, false)).toEqual(['by core']);
  expect(assumptionsOf(statement, { assumptions: ['by the schema'] }, true)).toEqual([
    'by core',
    'by the schema',
    expect.stringContaining('chosen by scores on test parts'),
  ]);
});
