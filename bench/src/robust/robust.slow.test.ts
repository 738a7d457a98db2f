import { findScenario } from '@fedward/sim-healthcare';
import { describe, expect, it } from 'vitest';
import { accuracyOf, dealt } from './run.js';
import { settings, type AttackName } from './settings.js';

const dataDir = process.env['FEDWARD_DATA'];
const attacks = Object.keys(settings.attacks) as AttackName[];

/** Mean accuracy over the seeds, by attack; under `none` that of no attack. */
async function accuracies(rule: string, attackers: number): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  for (const seed of settings.seeds) {
    const population = await findScenario('heart-disease').load({ seed, dataDir });
    const hospitals = dealt(population, settings.hospitals, seed);
    for (const attack of [undefined, ...attacks]) {
      const trial = { rule, options: {}, attack, attackers, seed, rounds: settings.rounds };
      const key = attack ?? 'none';
      sums.set(key, (sums.get(key) ?? 0) + (await accuracyOf(trial, population, hospitals)) / settings.seeds.length);
    }
  }
  return sums;
}

const lossOf = (by: ReadonlyMap<string, number>) => by.get('none')! - Math.min(...by.values());

describe.skipIf(!dataDir)('with one of five hospitals attacking (needs FEDWARD_DATA)', () => {
  it.each(['multi-krum', 'geometric-median'])('%s loses at most 0.03 of accuracy, by any attack', async (rule) => {
    expect(lossOf(await accuracies(rule, 1))).toBeLessThanOrEqual(0.03);
  });

  it('a mean loses far more', async () => {
    expect(lossOf(await accuracies('fedavg', 1))).toBeGreaterThan(0.3);
  });

  it('two attackers are more than multi-Krum is set up for, and show it', async () => {
    expect(lossOf(await accuracies('multi-krum', 2))).toBeGreaterThan(0.3);
  });
});
