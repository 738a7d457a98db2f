export {
  central,
  dpFtrl,
  dpSgd,
  local,
  noisyAnswers,
  tutorial041,
  type AdaptiveClippingOptions,
  type CentralOptions,
  type DpFtrlOptions,
  type DpSgdOptions,
  type LocalOptions,
  type NoisyAnswersOptions,
  type Tutorial041Options,
} from './mechanisms/index.js';

export { plugins } from './plugins.js';

// What almost every plan with privacy needs beside its mechanism; the rest of it is in `@fedward/privacy-dp/accounting`.
export {
  calibrateNoiseMultiplier,
  dpSgdEvent,
  gaussianAccountant,
  pldAccountant,
  rdpAccountant,
  type CalibrationTarget,
  type DpSgdSteps,
  type RdpAccountantOptions,
} from './accounting/index.js';
