/* eslint-disable no-console -- the README shows what it prints */
import { addDiscreteGaussian, noiseShares, quantize, quantizedSensitivity, rational, SecureBits } from '../index.js';

const quantization = { clipNorm: 1, granularity: 1e-3, dimension: 4 };
const source = new SecureBits();
const integers = quantize(Float32Array.of(0.1, -0.2, 0.3, 0), quantization, source);
const { sigmaSquared } = noiseShares(rational(2_000 ** 2), 4); // any four hospitals carry sigma = 2,000
addDiscreteGaussian(integers, sigmaSquared, source);
console.log(quantizedSensitivity(quantization).toFixed(1)); // 1000.5
