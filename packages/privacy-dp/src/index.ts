export { defaultOrders, rdpAccountant, type RdpAccountantOptions } from './accounting/rdp-accountant.js';
export { gaussianAccountant } from './accounting/gaussian-accountant.js';
export { analyticGaussianNoiseMultiplier, gaussianEpsilon } from './accounting/gaussian-profile.js';

export { calibrateNoiseMultiplier, type CalibrationTarget } from './calibration.js';
export { dpSgdEvent, type DpSgdSteps } from './events.js';

export { clipFactor } from './mechanisms/clipping.js';
export { dpSgd, type DpSgdOptions } from './mechanisms/dp-sgd.js';
export { tutorial041, type Tutorial041Options } from './mechanisms/tutorial-041.js';

export { accountants, mechanisms } from './registry.js';
