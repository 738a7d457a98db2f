export { plugins } from './plugins.js';
export { quantize, quantizeOptions, type QuantizeOptions } from './quantize.js';
export { topK, topKOptions, type TopKOptions, type TopKState } from './top-k.js';
