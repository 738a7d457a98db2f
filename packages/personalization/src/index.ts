export { chosenPrivate, chosenPrivateSite, type ChosenTensorsOptions } from './chosen-tensors.js';
export { ditto, dittoSite, type DittoOptions } from './ditto.js';
export { fedBn, fedBnSite } from './fedbn.js';
export { fedPer, fedPerSite, type FedPerOptions } from './fedper.js';
export { fineTuning, fineTuningSite, type FineTuningOptions } from './fine-tuning.js';
export { plugins } from './plugins.js';
export type { PrivateValues } from './private-tensors.js';
