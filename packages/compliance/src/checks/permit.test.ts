import { describe, expect, it } from 'vitest';
import type { Permit } from './declarations.js';
import { permitFaults } from './permit.js';

const permit: Permit = {
  id: 'P-1',
  purpose: 'e',
  users: ['Ada'],
  datasets: ['north', 'sha256:aa'],
  from: '2026-01-01',
  until: '2026-12-31',
  outputs: ['model'],
};
const today = '2026-06-01';
const aboutOf = (use: Parameters<typeof permitFaults>[1]): string[] =>
  permitFaults(permit, use).map(({ about }) => about);

describe('permitFaults', () => {
  it('allows what the permit names, a data set by its name or by its digest', () => {
    const datasets = [{ id: 'north' }, { id: 'south', digest: 'sha256:aa' }];
    expect(aboutOf({ today, users: ['Ada'], datasets, outputs: ['model'] })).toEqual([]);
    expect([aboutOf({ today: permit.from }), aboutOf({ today: permit.until })]).toEqual([[], []]);
  });

  it('names all that it does not', () => {
    const datasets = [{ id: 'south', digest: 'sha256:bb' }, { id: 'west' }];
    const faults = permitFaults(permit, {
      today: '2027-01-01',
      users: ['Ben'],
      datasets,
      outputs: ['model', 'scores'],
    });
    expect(faults.map(({ about }) => about)).toEqual(['period', 'users', 'datasets', 'outputs']);
    for (const [i, word] of ['2026-12-31', 'Ben', 'south, west', 'scores'].entries())
      expect(faults[i]!.words).toContain(word);
    expect(aboutOf({ today: '2025-12-31' })).toEqual(['period']);
  });
});
