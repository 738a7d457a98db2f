export { fedAvg, type FedAvgOptions } from './fedavg.js';
export { fedProx, type FedProxOptions } from './fedprox.js';
export { plugins } from './plugins.js';
