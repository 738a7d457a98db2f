import type { PrivacyMechanism } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck, failures } from './broken/expect.js';
import { brokenAnswers, queryPlan, referenceAnswers, saidByTheQuery } from './broken/privacy-mechanisms/answers.js';
import { brokenHooks } from './broken/privacy-mechanisms/hooks.js';
import { brokenNoise } from './broken/privacy-mechanisms/noise.js';
import { brokenPromises, brokenTrainingPromises } from './broken/privacy-mechanisms/promises.js';
import { brokenStates, referenceRemembering } from './broken/privacy-mechanisms/state.js';
import {
  acceptedPlan,
  clipNorm,
  noiseMultiplier,
  referenceCentral,
  referenceDpSgd,
  rejectedPlan,
} from './broken/privacy-mechanisms/reference.js';
import { privacyMechanismCompliance } from './privacy-mechanism.js';

const central = { ...brokenNoise, ...brokenHooks, ...brokenPromises };

const suiteOf = (create: () => PrivacyMechanism) =>
  privacyMechanismCompliance({ create, plan: acceptedPlan, rejects: [rejectedPlan], sensitivity: clipNorm });

const answersSuiteOf = (create: () => PrivacyMechanism) =>
  privacyMechanismCompliance({ create, plan: queryPlan, sensitivity: saidByTheQuery });

describe('the suite of privacy mechanisms, for noise at the server', () => {
  expectFaultsSeen(suiteOf, referenceCentral, central);
});

describe('the suite of privacy mechanisms, for noise in training', () => {
  expectFaultsSeen(suiteOf, referenceDpSgd, brokenTrainingPromises);
});

describe('the suite of privacy mechanisms, for one that remembers', () => {
  expectFaultsSeen(suiteOf, referenceRemembering, brokenStates);
});

describe('the suite of privacy mechanisms, for answers to queries', () => {
  expectFaultsSeen(answersSuiteOf, referenceAnswers, brokenAnswers);
});

describe('the suite of privacy mechanisms', () => {
  const claiming = suiteOf(() => ({ ...referenceDpSgd(), claims: { epsilon: 1, delta: 1e-5, note: 'as published' } }));
  expectNoIdleCheck([suiteOf(referenceRemembering), claiming, answersSuiteOf(referenceAnswers)], {
    ...brokenAnswers,
    ...central,
    ...brokenTrainingPromises,
    ...brokenStates,
  });

  it('takes amplification by sampling for a lie where the plan shuffles', async () => {
    const create = (): PrivacyMechanism => ({
      name: 'amplified',
      requires: [],
      adjacency: 'add-or-remove-one',
      gradient: () => ({ clip: 'per-example', clipNorm, noiseMultiplier }),
      event: () => ({
        type: 'repeated',
        count: 5,
        event: { type: 'poisson-sampled', samplingProbability: 0.1, event: { type: 'gaussian', noiseMultiplier } },
      }),
    });
    expect(await failures(privacyMechanismCompliance({ create, plan: rejectedPlan }).checks)).toEqual([
      'an event claims no sampling that the plan does not do',
    ]);
  });

  it('knows what a clipped mean of a shuffled batch can hide', async () => {
    const withMultiplier = (multiplier: number) => (): PrivacyMechanism => ({
      name: 'clipped-mean',
      requires: [],
      adjacency: 'replace-one',
      gradient: () => ({ clip: 'batch-mean', clipNorm, noiseMultiplier: 4.84 }),
      event: () => ({ type: 'gaussian', noiseMultiplier: multiplier }),
    });
    // A batch of 4: the mean turns round by 2 C, the noise is 4.84 C / 4.
    const suite = (multiplier: number) =>
      privacyMechanismCompliance({ create: withMultiplier(multiplier), plan: rejectedPlan });
    expect(await failures(suite(4.84 / 8).checks)).toEqual([]);
    expect(await failures(suite(4.84).checks)).toEqual(['an event states no more noise than each step adds']);
  });

  it('takes the noise for what it can hide where nobody said the sensitivity', async () => {
    const withSensitivity = (sensitivity: number | undefined) =>
      privacyMechanismCompliance({
        create: brokenNoise['forgets the clip norm in the noise']!.create,
        plan: acceptedPlan,
        ...(sensitivity !== undefined && { sensitivity }),
      });
    const moved = 'no update moves what the noise is added to by more than the sensitivity';
    expect(await failures(withSensitivity(undefined).checks)).toEqual([moved]);
    expect(await failures(withSensitivity(clipNorm).checks)).toEqual(['the noise that the event states is added']);
  });
});
