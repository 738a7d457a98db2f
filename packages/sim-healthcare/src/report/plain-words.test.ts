import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '../run/result.js';
import { noiseSettings, plainWords } from './plain-words.js';

type Privacy = NonNullable<SimulationResult['privacy']>;
const privacy = (changes: Partial<Privacy>): Privacy => ({
  ...{ mechanism: 'dp-sgd', mechanisms: ['dp-sgd'], unit: 'record', adjacency: 'add-or-remove-one', accountant: 'pld' },
  ...{ delta: 1e-5, epsilon: 1, perHospital: [], assumptions: [], withheld: [], notReleased: [], claims: [] },
  ...{ protects: 'what leaves a site', released: [] },
  settings: {
    mechanisms: [{ name: 'dp-sgd', options: { clipNorm: 1, noiseMultiplier: 4.845 } }],
    batches: { kind: 'poisson', probability: 0.1, steps: 3, expectedSize: 8 },
    rounds: 30,
  },
  ...changes,
});

describe('plainWords', () => {
  it('are consequences of the epsilon, rounded up', () => {
    const words = plainWords(privacy({ epsilon: 1 })).join(' ');
    expect(words).toContain('at most 2.719 p + 0.00001'); // e = 2.71828
    expect(words).toContain('finds at most 2.8 %'); // 2.718 % and delta
    expect(words).toContain('one record taken out or put in');
  });

  it('name the unit and the adjacency', () => {
    const words = plainWords(privacy({ unit: 'patient', adjacency: 'replace-one' })).join(' ');
    expect(words).toContain('one patient replaced by any other');
    expect(words).not.toContain('record');
  });

  it('promise nothing against a server that sees updates without noise', () => {
    const central = { unit: 'hospital', protects: 'what leaves the server' } as const;
    const words = plainWords(privacy(central)).join(' ');
    expect(words).toContain('from all that the server released');
    expect(words).not.toContain('all that a hospital released');
    expect(words).toContain('sees the update of each hospital, clipped and without noise');
    expect(words).toContain('whether the data of one hospital went into the model');
    expect(words).toContain('Which hospitals took part, and in which rounds, is public; what they hold is not.');
    expect(words).not.toMatch(/one hospital was in the data/);
    expect(plainWords(privacy({ ...central, epsilon: null })).join(' ')).toContain('Against them nothing is promised');
    expect(plainWords(privacy({})).join(' ')).not.toContain('server');
  });

  it('speak of two candidates where one replaces the other', () => {
    const words = plainWords(privacy({ adjacency: 'replace-one' })).join(' ');
    expect(words).toContain('which of two records was in the data');
    expect(words).not.toContain('whether one record was in the data');
  });

  it('do not call no bound, or a bound that bounds nothing, protection', () => {
    expect(plainWords(privacy({ epsilon: null })).join()).toContain('may learn everything');
    const large = plainWords(privacy({ epsilon: 8386 })).join(' ');
    expect(large).toContain('no protection to speak of');
    expect(large).toContain('more than a million');
  });
});

it('noiseSettings name what the epsilon follows from', () => {
  expect(Object.fromEntries(noiseSettings(privacy({})))).toMatchObject({
    'dp-sgd: clipNorm': '1',
    'dp-sgd: noiseMultiplier': '4.845',
    rounds: '30',
  });
});
