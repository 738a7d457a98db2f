import type { Plan, PrivacyMechanism } from '@fedward/core';
import { clippingChecks } from './privacy-mechanism/clipping.js';
import { hookChecks } from './privacy-mechanism/hooks.js';
import { noiseChecks } from './privacy-mechanism/noise.js';
import { priceChecks } from './privacy-mechanism/price.js';
import { promiseChecks } from './privacy-mechanism/promise.js';
import { stateChecks } from './privacy-mechanism/state.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of a mechanism. */
export interface PrivacyMechanismComplianceOptions {
  /** A new mechanism, as if in a new process. */
  readonly create: () => PrivacyMechanism;
  /** A plan that it accepts. */
  readonly plan: Plan;
  /** Plans under which its promise would not be true. */
  readonly rejects?: readonly Plan[];
  /**
   * L2 sensitivity of what `onRelease` or `onClient` adds noise to, under the mechanism's adjacency: the noise must then
   * have the standard deviation that the event's noise multiplier states, and no update may move that by more. Under a
   * query plan what the query says.
   */
  readonly sensitivity?: number;
}

/** What every privacy mechanism must do; see `PrivacyMechanism` in core. */
export function privacyMechanismCompliance(options: PrivacyMechanismComplianceOptions): ComplianceSuite {
  const { create, plan, rejects = [], sensitivity } = options;
  return defineSuite(`privacy mechanism ${create().name}`, {
    ...promiseChecks(create, plan, rejects),
    ...priceChecks(create, plan),
    ...hookChecks(create, plan),
    ...noiseChecks(create, plan, sensitivity),
    ...clippingChecks(create, plan, sensitivity),
    ...stateChecks(create, plan),
  });
}
