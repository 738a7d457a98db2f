import { roundingMargin } from './rounding.js';

/**
 * Renyi divergence (nats) of one Laplace release; with t = 1 / noise multiplier
 *
 *   D = ln(A) / (a - 1),   A = a/(2a-1) e^{(a-1)t} + (a-1)/(2a-1) e^{-a t},   D = t at order Infinity
 *
 * (Mironov 2017, arXiv:1702.07476, proposition 6 and table II). This is the divergence of one number moved by the
 * whole L1 sensitivity. It holds for vectors as well: as a function of t, D is the logarithm of a sum of
 * exponentials of it, so convex, and 0 at t = 0; moves that add up to the sensitivity together cost no more than one
 * move of all of it.
 *
 * Accurate to about 1e-12 relative and never below the truth.
 *
 * @param order > 1, or Infinity
 * @param noiseMultiplier scale of the noise over the L1 sensitivity, >= 0; for 0 the divergence is Infinity
 */
export function laplaceRdp(order: number, noiseMultiplier: number): number {
  const t = 1 / noiseMultiplier;
  if (order === Infinity || t === Infinity) return t;
  const logMoment = (order - 1) * t > 1 ? logMomentFar(order, t) : Math.log1p(excess(order, t));
  return Math.min(t, (logMoment / (order - 1)) * roundingMargin);
}

/** ln(A) where A - 1 is large, without overflow. */
function logMomentFar(order: number, t: number): number {
  const ratio = ((order - 1) / order) * Math.exp(-(2 * order - 1) * t);
  return (order - 1) * t + Math.log(order / (2 * order - 1)) + Math.log1p(ratio);
}

/** A - 1. The linear terms of the two exponentials cancel, so both are left out: what is added is never negative. */
function excess(order: number, t: number): number {
  return (order * curvature((order - 1) * t) + (order - 1) * curvature(-order * t)) / (2 * order - 1);
}

/** e^x - 1 - x >= 0, to full relative precision. */
function curvature(x: number): number {
  if (Math.abs(x) > 0.1) return Math.expm1(x) - x;
  let term = (x * x) / 2;
  let sum = term;
  for (let k = 3; k <= 12; k++) {
    term *= x / k;
    sum += term;
  }
  return sum;
}
