import type { DpEvent } from '@fedward/core';
import { privacyAccountantCompliance } from '@fedward/testkit/privacy-accountant';
import { privacyMechanismCompliance } from '@fedward/testkit/privacy-mechanism';
import { describe, it } from 'vitest';
import { dpSgd, gaussianAccountant, rdpAccountant, tutorial041 } from './index.js';
import { planWith, poisson, shuffle } from './testing/plan.js';

const gaussian: DpEvent = { type: 'gaussian', noiseMultiplier: 1.5 };
const sampled: DpEvent = { type: 'poisson-sampled', samplingProbability: 0.2, event: gaussian };
const sampledTwice: DpEvent = { type: 'poisson-sampled', samplingProbability: 0.5, event: sampled };
const run: DpEvent = {
  type: 'repeated',
  event: { type: 'composed', events: [gaussian, { type: 'gaussian', noiseMultiplier: 7 }] },
  count: 20,
};

privacyAccountantCompliance({
  create: rdpAccountant(),
  adjacencies: ['add-or-remove-one'],
  supported: [gaussian, sampled, run, { type: 'repeated', event: sampled, count: 500 }],
  unsupported: [sampledTwice],
}).register({ describe, it });

privacyAccountantCompliance({
  create: rdpAccountant(),
  adjacencies: ['replace-one'],
  supported: [gaussian, run],
  unsupported: [sampled, sampledTwice],
}).register({ describe, it });

privacyAccountantCompliance({
  create: gaussianAccountant,
  adjacencies: ['add-or-remove-one', 'replace-one'],
  supported: [gaussian, run],
  unsupported: [sampled, sampledTwice],
}).register({ describe, it });

privacyMechanismCompliance({
  create: () => dpSgd({ clipNorm: 0.5, noiseMultiplier: 1.1 }),
  plan: planWith(poisson),
  rejects: [planWith(shuffle), planWith(poisson, { unit: 'patient' })],
}).register({ describe, it });

privacyMechanismCompliance({
  create: () => tutorial041({ epsilon: 1, delta: 1e-5, clipNorm: 1 }),
  plan: planWith(shuffle),
  rejects: [planWith(poisson), planWith(shuffle, { unit: 'patient' })],
}).register({ describe, it });
