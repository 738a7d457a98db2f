export { defaultOrders, rdpAccountant, type RdpAccountantOptions } from './accounting/rdp-accountant.js';
export { pldAccountant } from './accounting/pld/pld-accountant.js';
export { gaussianAccountant } from './accounting/gaussian-accountant.js';
export { analyticGaussianNoiseMultiplier, gaussianEpsilon } from './accounting/gaussian-profile.js';
export { renyiFilter } from './accounting/renyi-filter.js';
export { groupEpsilon, type GroupTarget } from './accounting/group-epsilon.js';

export { calibrateNoiseMultiplier, calibrateSteps, type CalibrationTarget, type StepsTarget } from './calibration.js';
export {
  dpSgdEvent,
  noiseMechanisms,
  stepsEvent,
  type DpSgdSteps,
  type Noise,
  type NoiseMechanism,
  type Sampling,
} from './events.js';

export type { AdaptiveClippingOptions } from './mechanisms/adaptive-clipping.js';
export { central, type CentralOptions } from './mechanisms/central.js';
export { dpFtrl, type DpFtrlOptions } from './mechanisms/dp-ftrl.js';
export { dpSgd, type DpSgdOptions } from './mechanisms/dp-sgd.js';
export { local, type LocalOptions } from './mechanisms/local.js';
export { tutorial041, type Tutorial041Options } from './mechanisms/tutorial-041.js';

export { hasLedger, openLedger, previewLedger, type LedgerOptions } from './ledger/open.js';
export { assertNoOtherLedger } from './ledger/same-data.js';
export type { DiskLedger } from './ledger/ledger.js';
export type { LedgerTerms } from './ledger/terms.js';
export { readLedger, type LedgerReport, type StudyReport } from './ledger/report.js';

export { accountants, mechanisms } from './registry.js';

export type { AuditedGuesses } from './audit/audited-guesses.js';
export { auditPValue, epsilonLowerBound } from './audit/epsilon-lower-bound.js';
export { gaussianLowerBound, type GaussianLowerBound } from './audit/trade-off.js';
export { epsilonLowerBoundOfScores, type EpsilonLowerBound } from './audit/scores.js';

export { truePositiveRateBound, type AttackTarget } from './planning/attack-bound.js';
export { proposeDpSgd, type Proposal, type ProposedStudy } from './planning/propose.js';
export { disclosuresOf, reasonsOf } from './planning/reasons.js';
export type { SignalToNoise } from './planning/signal-to-noise.js';
export type { CheckedStudy, Study } from './planning/study.js';
export { warningsOf } from './planning/warnings.js';
