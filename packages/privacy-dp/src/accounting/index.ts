export { defaultOrders, rdpAccountant, type RdpAccountantOptions } from './rdp-accountant.js';
export { pldAccountant } from './pld/pld-accountant.js';
export { gaussianAccountant } from './gaussian-accountant.js';
export { analyticGaussianNoiseMultiplier, gaussianEpsilon } from './gaussian-profile.js';
export { renyiFilter } from './renyi-filter.js';

export {
  dpSgdEvent,
  noiseMechanisms,
  stepsEvent,
  type DpSgdSteps,
  type Noise,
  type NoiseMechanism,
  type Sampling,
} from './events.js';
export { calibrateNoiseMultiplier, calibrateSteps, type CalibrationTarget, type StepsTarget } from './calibration.js';
export { groupEpsilon, type GroupTarget } from './group-epsilon.js';

export { truePositiveRateBound, type AttackTarget } from './planning/attack-bound.js';
export { proposeDpSgd, type Proposal, type ProposedStudy } from './planning/propose.js';
export { disclosuresOf, reasonsOf } from './planning/reasons.js';
export type { SignalToNoise } from './planning/signal-to-noise.js';
export type { CheckedStudy, Study } from './planning/study.js';
export { warningsOf } from './planning/warnings.js';
