import type { DpEvent, PrivacyMechanism } from '@fedward/core';
import { privacyAccountantCompliance } from '@fedward/testkit/privacy-accountant';
import { privacyMechanismCompliance } from '@fedward/testkit/privacy-mechanism';
import { describe, it } from 'vitest';
import {
  central,
  dpFtrl,
  dpSgd,
  gaussianAccountant,
  local,
  noisyAnswers,
  pldAccountant,
  rdpAccountant,
  tutorial041,
} from './index.js';
import { planWith, poisson, queryPlanWith, shuffle } from './testing/plan.js';

const gaussian: DpEvent = { type: 'gaussian', noiseMultiplier: 1.5 };
const sampled: DpEvent = { type: 'poisson-sampled', samplingProbability: 0.2, event: gaussian };
const sampledTwice: DpEvent = { type: 'poisson-sampled', samplingProbability: 0.5, event: sampled };
const run: DpEvent = {
  type: 'repeated',
  event: { type: 'composed', events: [gaussian, { type: 'gaussian', noiseMultiplier: 7 }] },
  count: 20,
};

const laplace: DpEvent = { type: 'laplace', noiseMultiplier: 3 };
const discrete: DpEvent = { type: 'discrete-gaussian', sigma: 12, sensitivity: 4 };
const poissonSampled = (event: DpEvent): DpEvent => ({ type: 'poisson-sampled', samplingProbability: 0.1, event });
const fixedSize = (event: DpEvent): DpEvent => ({ type: 'fixed-size-sampled', size: 32, population: 350, event });

for (const create of [rdpAccountant(), pldAccountant()]) {
  privacyAccountantCompliance({
    create,
    adjacencies: ['add-or-remove-one'],
    supported: [
      ...[gaussian, sampled, run, { type: 'repeated', event: sampled, count: 500 } as const],
      ...[laplace, discrete, poissonSampled(laplace), poissonSampled(discrete)],
    ],
    unsupported: [sampledTwice, fixedSize(gaussian), poissonSampled(fixedSize(gaussian))],
  }).register({ describe, it });

  privacyAccountantCompliance({
    create,
    adjacencies: ['replace-one'],
    supported: [gaussian, run, laplace, discrete, fixedSize(gaussian), fixedSize(laplace), fixedSize(discrete)],
    unsupported: [sampled, sampledTwice, fixedSize(run), fixedSize(fixedSize(gaussian))],
  }).register({ describe, it });
}

privacyAccountantCompliance({
  create: gaussianAccountant(),
  adjacencies: ['add-or-remove-one', 'replace-one'],
  supported: [gaussian, run],
  unsupported: [sampled, sampledTwice, laplace, discrete, fixedSize(gaussian)],
}).register({ describe, it });

privacyMechanismCompliance({
  create: () => dpSgd({ clipNorm: 0.5, noiseMultiplier: 1.1 }),
  plan: planWith(poisson),
  rejects: [planWith(shuffle), planWith(poisson, { unit: 'hospital' }), queryPlanWith()],
}).register({ describe, it });

privacyMechanismCompliance({
  create: () => tutorial041({ epsilon: 1, delta: 1e-5, clipNorm: 1 }),
  plan: planWith(shuffle),
  rejects: [planWith(poisson), planWith(shuffle, { unit: 'patient' }), queryPlanWith()],
}).register({ describe, it });

const hospital = planWith(shuffle, { unit: 'hospital' });
const forHospitals = { clipNorm: 0.8, expectedClients: 3 };

privacyMechanismCompliance({
  create: () => central({ ...forHospitals, noiseMultiplier: 1.3 }),
  plan: hospital,
  rejects: [planWith(shuffle), planWith(shuffle, { unit: 'patient' })],
  sensitivity: 0.8,
}).register({ describe, it });

// 1.3 is the noise multiplier of sum and count together: the sum has more noise than that.
privacyMechanismCompliance({
  create: () => central({ ...forHospitals, noiseMultiplier: 1.3, adaptive: { countNoise: 1 } }) as PrivacyMechanism,
  plan: hospital,
  rejects: [planWith(shuffle)],
  sensitivity: (0.8 * (1.3 ** -2 - 2 ** -2) ** -0.5) / 1.3,
}).register({ describe, it });

privacyMechanismCompliance({
  create: () => local({ clipNorm: 0.8, noiseMultiplier: 0.6 }),
  plan: planWith(shuffle),
  sensitivity: 1.6,
}).register({ describe, it });

privacyMechanismCompliance({
  create: () => dpFtrl({ ...forHospitals, noiseMultiplier: 0.6, bands: 5 }) as PrivacyMechanism,
  plan: { ...hospital, cohort: { select: 'cyclic', groups: 3 } },
  rejects: [
    planWith(shuffle),
    { ...hospital, cohort: { select: 'uniform', size: 2 } },
    queryPlanWith({ unit: 'hospital' }),
  ],
}).register({ describe, it });

// Under plans whose work is a query.
privacyMechanismCompliance({
  create: () => noisyAnswers({ noiseMultiplier: 1.4 }),
  plan: queryPlanWith(),
  rejects: [planWith(shuffle)],
  sensitivity: 2.5,
}).register({ describe, it });

privacyMechanismCompliance({
  create: () => local({ clipNorm: 0.8, noiseMultiplier: 0.6 }),
  plan: queryPlanWith({ unit: 'patient' }),
  sensitivity: 1.6,
}).register({ describe, it });

privacyMechanismCompliance({
  create: () => central({ ...forHospitals, noiseMultiplier: 1.3 }),
  plan: queryPlanWith({ unit: 'hospital' }),
  rejects: [queryPlanWith()],
  sensitivity: 0.8,
}).register({ describe, it });
