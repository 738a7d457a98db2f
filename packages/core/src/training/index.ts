/** What every local trainer must do alike: `@fedward/core/training`, which `@fedward/core` itself does not load. */
export { createPrivacyRecord, type PrivacyRecord } from './applied.js';
export { drawBatches, type DrawnBatch } from './batches.js';
export { clipFactor, scaleToClip } from './clip-factor.js';
export { coxLoss, type CoxLoss } from './cox.js';
export { checkFeatures, checkTrainingData, exampleSize } from './data.js';
export { checkGradientPrivacy } from './gradient-privacy.js';
export { parseInstructions, type Instructions } from './instructions.js';
export { checkLabels } from './labels.js';
export { checkLayout } from './layout.js';
export { maskKeystream } from './masks.js';
export { checkAborted, createPacer } from './pace.js';
export { patientsOf } from './patients.js';
export { stepsOf } from './steps.js';
export { splitTrained, startValues, strategyOf, type PrivateTensor, type Strategy } from './strategy.js';
