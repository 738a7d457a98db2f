export { parseAddress, type HubAddress } from './hub/address.js';
export { plugins } from './plugins.js';
export { work, type WorkerOptions, type WorkerSummary } from './worker/worker.js';
