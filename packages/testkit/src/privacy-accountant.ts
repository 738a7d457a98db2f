import type { AccountantFactory, Adjacency, DpEvent } from '@fedward/core';
import { compositionChecks } from './privacy-accountant/composition.js';
import { noiseChecks } from './privacy-accountant/noise.js';
import { priceChecks } from './privacy-accountant/price.js';
import { refusalChecks } from './privacy-accountant/refusal.js';
import { samplingChecks } from './privacy-accountant/sampling.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of an accountant. */
export interface PrivacyAccountantComplianceOptions {
  readonly create: AccountantFactory;
  /** Those that it knows; each check runs for each. */
  readonly adjacencies: readonly Adjacency[];
  /** Events that it can price, each with a finite epsilon. */
  readonly supported: readonly DpEvent[];
  /** Events that it must refuse. */
  readonly unsupported: readonly DpEvent[];
}

/** What every privacy accountant must do; see `PrivacyAccountant` in core. */
export function privacyAccountantCompliance(options: PrivacyAccountantComplianceOptions): ComplianceSuite {
  const { create, adjacencies, supported, unsupported } = options;
  if (adjacencies.length === 0 || supported.length === 0)
    throw new Error('an accountant is checked with one adjacency and one supported event at least');
  const each = { create, adjacencies, supported };
  return defineSuite(`privacy accountant ${create(adjacencies[0]!).name}`, {
    ...compositionChecks(each),
    ...refusalChecks({ ...each, unsupported }),
    ...priceChecks(each),
    ...noiseChecks(each),
    ...samplingChecks(each),
  });
}
