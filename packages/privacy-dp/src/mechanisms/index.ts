export type { AdaptiveClippingOptions } from './adaptive-clipping.js';
export { central, type CentralOptions } from './central.js';
export { dpFtrl, type DpFtrlOptions } from './dp-ftrl.js';
export { dpSgd, type DpSgdOptions } from './dp-sgd.js';
export { local, type LocalOptions } from './local.js';
export { noisyAnswers, type NoisyAnswersOptions } from './noisy-answers.js';
export { tutorial041, type Tutorial041Options } from './tutorial-041.js';
