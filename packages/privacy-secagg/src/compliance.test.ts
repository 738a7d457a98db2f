import { privacyMechanismCompliance } from '@fedward/testkit/privacy-mechanism';
import { describe, it } from 'vitest';
import { secureAggregation } from './mechanism.js';
import { plan } from './testing/round.js';

privacyMechanismCompliance({
  create: () => secureAggregation({ identities: 'simulated' }),
  plan,
}).register({ describe, it });
