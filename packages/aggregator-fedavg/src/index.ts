export { fedAvg } from './fedavg.js';
export { fedProx, type FedProxOptions } from './fedprox.js';
export { composeAggregator, type ComposedState, type Composition } from './compose.js';
export { takeMean, type ServerOptimizer } from './server-optimizer.js';
export { weightedSum } from './weighted-sum.js';
export { aggregators } from './aggregators.js';
