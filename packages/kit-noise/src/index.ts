export { SecureBits, SeededBits, type BitSource } from './bit-source.js';
export { addDiscreteGaussian } from './discrete-gaussian.js';
export { dequantize, quantize, quantizedSensitivity, type Quantization } from './quantize.js';
export { rational, rationalAtLeast, type Rational } from './rational.js';
export { epsilonWithShares, noiseShares, sharesTau, type NoiseShares } from './shares.js';
