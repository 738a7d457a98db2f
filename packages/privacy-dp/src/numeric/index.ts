export { greatestWithin, type CrossingRange } from './crossing.js';
export { fftErrorFactor, realFft, type RealFft, type Spectrum } from './fft.js';
export { log1pExp, logAdd, logExpm1, logSumExp } from './log-space.js';
export { erfcx, millsRatio, normalCdf, normalDensity, normalQuantile } from './normal.js';
export { leastNumber, type SearchRange } from './search.js';
