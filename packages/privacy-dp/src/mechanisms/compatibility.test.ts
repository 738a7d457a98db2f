import {
  checkFederation,
  createLayout,
  createParameters,
  createSite,
  isFedwardError,
  type Federation,
  type LocalTrainer,
  type PrivacyMechanism,
} from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { rdpAccountant } from '../accounting/index.js';
import { planWith } from '../testing/plan.js';
import { central, dpFtrl, dpSgd, local, tutorial041 } from '../index.js';

/** As secure aggregation will: the server sees a sum and no update. */
const masking: PrivacyMechanism = {
  name: 'masking',
  requires: ['sum-only'],
  removes: ['individual-updates'],
  onClient: (update) => update,
};
const poisson = { kind: 'poisson', probability: 0.5, steps: 2, expectedSize: 4 } as const;
const shuffle = { kind: 'shuffle', size: 4, epochs: 1 } as const;
const whole = { clipNorm: 1, noiseMultiplier: 1, expectedClients: 2 };

/** Every mechanism, with the unit and the batches that it is for, and whether it looks at single updates. */
const all = [
  [dpSgd({ clipNorm: 1, noiseMultiplier: 1 }), 'record', poisson, false],
  [tutorial041({ epsilon: 1, delta: 1e-5, clipNorm: 1 }), 'record', shuffle, false],
  [local({ clipNorm: 1, noiseMultiplier: 1 }), 'record', shuffle, false],
  [central(whole), 'hospital', shuffle, true],
  [central({ ...whole, adaptive: { quantile: 0.5, learningRate: 0.2, countNoise: 2 } }), 'hospital', shuffle, true],
  [dpFtrl({ ...whole, bands: 1 }), 'hospital', shuffle, true],
] as const;

const aggregator = (provides: Federation['aggregator']['provides']) =>
  ({ name: 'any', requires: [], provides }) as unknown as Federation['aggregator'];
const trainer = {
  name: 'any',
  provides: ['per-example-clipping', 'batch-mean-clipping'],
} as unknown as LocalTrainer;
const data = { count: 1, featureShape: [4], features: new Float32Array(4), labels: new Float32Array(1) };

describe.each(all.map(([mechanism, ...rest], i) => [`${mechanism.name} (${i})`, mechanism, ...rest] as const))(
  '%s',
  (_, mechanism, unit, batches, single) => {
    const planOf = (mechanisms: readonly PrivacyMechanism[]) =>
      planWith(batches, { unit, mechanisms: mechanisms.map(({ name }) => ({ name })) });
    const check = (mechanisms: readonly PrivacyMechanism[], provides = ['sum-only', 'bounded-sensitivity'] as const) =>
      checkFederation({
        runId: 'run',
        plan: planOf(mechanisms),
        transport: { clients: () => ['a', 'b'] } as unknown as Federation['transport'],
        aggregator: aggregator(provides),
        initial: createParameters(createLayout([])),
        mechanisms,
        accountant: rdpAccountant(),
      });
    const site = (mechanisms: readonly PrivacyMechanism[]) =>
      createSite({ id: 'a', plan: planOf(mechanisms), trainer, mechanisms, data });

    it('runs by itself, with an aggregator that only sums', () => {
      check([mechanism]);
      site([mechanism]);
    });

    it.each([
      ['before', [masking, mechanism]],
      ['behind', [mechanism, masking]],
    ] as const)(`${single ? 'is refused' : 'goes'} with masks %s it, at the server and at a site`, (_, mechanisms) => {
      for (const make of [check, site]) {
        let thrown: unknown;
        try {
          make(mechanisms);
        } catch (error) {
          thrown = error;
        }
        if (!single) expect(thrown).toBeUndefined();
        else {
          expect(thrown).toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'privacy.mechanisms' });
          expect(isFedwardError(thrown) && thrown.message).toMatch(new RegExp(`${mechanism.name} needs .*masking`));
        }
      }
    });

    it('says that it needs single updates where it looks at them, and where its promise holds', () => {
      expect(mechanism.requires.includes('individual-updates')).toBe(single);
      expect((mechanism as PrivacyMechanism).protects).toBe(single ? 'what leaves the server' : undefined);
      expect((mechanism as PrivacyMechanism).onReceive !== undefined).toBe(single);
    });
  },
);
