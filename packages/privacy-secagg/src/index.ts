export { createIdentity, type SiteKeys } from './identity.js';
export { secureAggregation, type SiteIdentity } from './mechanism.js';
export { secureAggregationOptions, type SecureAggregationOptions } from './options.js';
export { roundingBound, type FixedPoint } from './encoding/fixed-point.js';
export { plugins } from './plugins.js';
export { thresholdOf } from './protocol/context.js';
