import { gaussianRdp } from './sampled-gaussian-rdp.js';

/**
 * An upper bound of the Renyi divergence (nats) of one discrete Gaussian release: that of the Gaussian with the same
 * ratio of parameter to sensitivity, order sensitivity^2 / (2 sigma^2) (Canonne, Kamath and Steinke 2020,
 * arXiv:2004.00010, proposition 5; for vectors of integers the squares add up, theorem 14). It is met where
 * order x shift is an integer, so at every whole order.
 *
 * @param order > 1; at Infinity the divergence is Infinity
 * @param sigma parameter of the noise, >= 0; for 0 the divergence is Infinity
 * @param sensitivity L2 sensitivity of the integers, > 0
 */
export function discreteGaussianRdp(order: number, sigma: number, sensitivity: number): number {
  return gaussianRdp(order, sigma / sensitivity);
}
