import {
  assertFederation,
  buffered,
  createParameters,
  createSite,
  isTrainingPlan,
  layoutOf,
  type Federation,
  type LocalTrainer,
  type Plan,
  type PrivacyMechanism,
  type PrivacyUnit,
} from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { rdpAccountant } from '../accounting/index.js';
import { planWith, queryPlanWith } from '../testing/plan.js';
import { central, dpFtrl, dpSgd, local, noisyAnswers, tutorial041 } from '../index.js';

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

/** Every mechanism for trainings, with the unit and the batches that it is for, and whether it looks at single updates. */
const all: readonly (readonly [PrivacyMechanism, PrivacyUnit, typeof poisson | typeof shuffle, boolean])[] = [
  [dpSgd({ clipNorm: 1, noiseMultiplier: 1 }), 'record', poisson, false],
  [tutorial041({ epsilon: 1, delta: 1e-5, clipNorm: 1 }), 'record', shuffle, false],
  [local({ clipNorm: 1, noiseMultiplier: 1 }), 'record', shuffle, false],
  [central(whole) as PrivacyMechanism, 'hospital', shuffle, true],
  [central({ ...whole, adaptive: { countNoise: 2 } }) as PrivacyMechanism, 'hospital', shuffle, true],
  [dpFtrl({ ...whole, bands: 1 }) as PrivacyMechanism, 'hospital', shuffle, true],
];

const aggregator = (provides: Federation['aggregator']['provides']) =>
  ({ name: 'any', requires: [], provides }) as unknown as Federation['aggregator'];
const trainer = {
  name: 'any',
  provides: ['per-example-clipping', 'batch-mean-clipping'],
} as unknown as LocalTrainer;
const data = { count: 1, featureShape: [4], features: new Float32Array(4), labels: new Float32Array(1) };
const sums = ['sum-only', 'bounded-sensitivity'];

function check(plan: Plan, mechanisms: readonly PrivacyMechanism[], changes: Partial<Federation> = {}): void {
  assertFederation({
    ...{ runId: 'run', plan, mechanisms, accountant: rdpAccountant() },
    transport: { clients: () => ['a', 'b'] } as unknown as Federation['transport'],
    aggregator: aggregator(sums),
    ...(isTrainingPlan(plan) && { initial: createParameters(layoutOf(plan.model)) }),
    ...changes,
  });
}
const named = (mechanisms: readonly PrivacyMechanism[]) => mechanisms.map(({ name }) => ({ name, options: {} }));

describe.each(all.map(([mechanism, ...rest], i) => [`${mechanism.name} (${i})`, mechanism, ...rest] as const))(
  '%s',
  (_, mechanism, unit, batches, single) => {
    const planOf = (mechanisms: readonly PrivacyMechanism[]) =>
      planWith(batches, { unit, mechanisms: named(mechanisms) });
    const atServer = (mechanisms: readonly PrivacyMechanism[]) => check(planOf(mechanisms), mechanisms);
    const atSite = (mechanisms: readonly PrivacyMechanism[]) =>
      createSite({ id: 'a', plan: planOf(mechanisms), trainer, mechanisms, data });

    it('runs by itself, with an aggregator that only sums', () => {
      atServer([mechanism]);
      atSite([mechanism]);
    });

    it.each([
      ['before', [masking, mechanism]],
      ['behind', [mechanism, masking]],
    ] as const)(`${single ? 'is refused' : 'goes'} with masks %s it, at the server and at a site`, (_, mechanisms) => {
      for (const make of [atServer, atSite])
        if (single)
          expect(() => make(mechanisms)).toThrow(
            expect.objectContaining({
              code: 'CONFIG_INCOMPATIBLE',
              subject: 'privacy.mechanisms',
              message: expect.stringMatching(new RegExp(`^${mechanism.name} needs .*masking`)),
            }),
          );
        else make(mechanisms);
    });

    it(`${mechanism.name === 'dp-ftrl' ? 'is refused' : 'goes'} with a buffer of late updates`, () => {
      const plan = { ...planOf([mechanism]), collector: { name: 'buffered', options: {} } };
      const collector = buffered({ size: 1, patience: 1 });
      const late = () => check(plan, [mechanism], { collector, aggregator: aggregator([...sums, 'stale-updates']) });
      if (mechanism.name === 'dp-ftrl')
        expect(late).toThrow(
          expect.objectContaining({
            code: 'CONFIG_INCOMPATIBLE',
            message: 'dp-ftrl needs fresh-updates, which collector buffered takes away',
          }),
        );
      else late();
    });

    it('says that it needs single updates where it looks at them, and where its promise holds', () => {
      expect(mechanism.requires.includes('individual-updates')).toBe(single);
      expect(mechanism.protects).toBe(single ? 'what leaves the server' : undefined);
      expect(mechanism.onReceive !== undefined).toBe(single);
    });
  },
);

describe('under a plan whose work is a query', () => {
  it.each(all.map(([mechanism, unit]) => [mechanism.name, unit, mechanism] as const))(
    '%s for a %s runs where its clipping means something, and is refused by name where it protects a training',
    (name, unit, mechanism) => {
      const plan = queryPlanWith({ unit, mechanisms: named([mechanism]) });
      if (name === 'local' || name === 'central') check(plan, [mechanism]);
      else
        expect(() => check(plan, [mechanism])).toThrow(
          expect.objectContaining({
            code: 'CONFIG_INCOMPATIBLE',
            message: expect.stringMatching(new RegExp(`^${name} .*training, and the plan's work is the query counts`)),
          }),
        );
    },
  );

  it('noisy-answers runs, and is refused by name under one that trains', () => {
    const mechanism = noisyAnswers({ noiseMultiplier: 1 });
    check(queryPlanWith({ mechanisms: named([mechanism]) }), [mechanism]);
    const trains = planWith(shuffle, { mechanisms: named([mechanism]) });
    expect(() => check(trains, [mechanism])).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringMatching(/^noisy-answers .*trains/),
      }),
    );
    expect(() => createSite({ id: 'a', plan: trains, trainer, mechanisms: [mechanism], data })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringMatching(/^noisy-answers .*trains/),
      }),
    );
  });
});
