import { findScenario } from '@fedward/sim-healthcare';
import { describe, expect, it } from 'vitest';
import { flambySets } from '../settings.js';
import { choose } from './choose.js';

const dataDir = process.env['FEDWARD_DATA'];

describe.skipIf(!dataDir)('the rule (needs FEDWARD_DATA)', () => {
  it.each(flambySets)(
    'chooses what the scenario %s does by default, and reaches what is claimed',
    async (name) => {
      const { chosen, figures } = await choose(name, dataDir!, 42);
      const { rounds, optimizer, aggregator, batches, initialWeights } = findScenario(name).defaults(null);
      expect({ rounds: chosen.rounds, learningRate: chosen.learningRate }).toEqual({ rounds, learningRate: optimizer.learningRate }); // prettier-ignore
      expect(chosen.aggregator.options['weighting']).toBe(aggregator?.options['weighting'] ?? 'records');
      expect([batches, initialWeights]).toEqual([{ kind: 'shuffle', size: 1024, epochs: 1 }, 'zeros']);
      const average = figures.hospitals.reduce((sum, x) => sum + x, 0) / figures.hospitals.length;
      if (name === 'heart-disease') expect(average).toBeGreaterThanOrEqual(0.825);
      expect(figures.pooled).toBeGreaterThanOrEqual(name === 'heart-disease' ? 0.81 : 0.845);
    },
    300_000,
  );
});
