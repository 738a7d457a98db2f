export { fedBuff, type FedBuffOptions } from './fedbuff.js';
export { plugins } from './plugins.js';
export { stalenessFactor, type Staleness } from './staleness.js';
