import type { AccountantFactory, Adjacency, DpEvent } from '@fedward/core';
import { z } from 'zod';
import { parseOptions } from '../options.js';
import { additiveAccountant, isNoiseMultiplier, type Price } from './additive-accountant.js';
import { gaussianRdp, sampledGaussianRdp } from './sampled-gaussian-rdp.js';

/** 1.1 to 10.9 by 0.1, 11 to 63, and powers of two up to 1024, which small epsilons need. */
export const defaultOrders: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => (i + 11) / 10),
  ...Array.from({ length: 53 }, (_, i) => i + 11),
  128,
  256,
  512,
  1024,
];

export interface RdpAccountantOptions {
  /** Orders of the Renyi divergence that are tried, each > 1 and at most 10 000. More orders give a smaller epsilon, never a wrong
   *  one; budgets in the thousands need orders near 1. Default: `defaultOrders`. */
  readonly orders?: readonly number[];
}

const optionsSchema = z.strictObject({
  orders: z
    .array(z.number().gt(1).max(10_000))
    .min(1)
    .default([...defaultOrders]),
});

/** Curves are kept by (q, z), so that the epsilon of each round's preview costs one multiplication an order. */
const mostCurves = 256;

/**
 * Renyi differential privacy (Mironov 2017): the divergence of each release at fixed orders adds up over an
 * adaptive composition, and is turned into epsilon at the end.
 *
 * It prices the Gaussian under either adjacency, the Poisson-sampled Gaussian under add-or-remove-one, and a
 * `non-private` release with epsilon Infinity. Sampling under replace-one is refused: a replaced record changes
 * both neighbours' batches, which the divergence of add-or-remove-one does not bound.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function rdpAccountant(options: RdpAccountantOptions = {}, path = 'options'): AccountantFactory {
  const { orders } = parseOptions(optionsSchema, options, path, 'rdp');
  const curves = new Map<string, Price>();
  const infinite = orders.map(() => Infinity);

  const curve = (key: string, divergence: (order: number) => number): Price => {
    let known = curves.get(key);
    if (!known) {
      known = { cost: orders.map(divergence) };
      if (curves.size >= mostCurves) curves.clear();
      curves.set(key, known);
    }
    return known;
  };

  const price = (release: DpEvent, adjacency: Adjacency): Price => {
    switch (release.type) {
      case 'non-private':
        return { cost: infinite };
      case 'gaussian': {
        const { noiseMultiplier } = release;
        if (!isNoiseMultiplier(noiseMultiplier)) return { refused: `noiseMultiplier is ${noiseMultiplier}` };
        return curve(`${noiseMultiplier}`, (order) => gaussianRdp(order, noiseMultiplier));
      }
      case 'poisson-sampled': {
        const { samplingProbability, event } = release;
        if (event.type !== 'gaussian') return { refused: `of sampled events it knows the gaussian, not ${event.type}` };
        if (adjacency !== 'add-or-remove-one')
          return { refused: 'amplification by Poisson sampling is proved here for add-or-remove-one alone' };
        if (!(samplingProbability >= 0 && samplingProbability <= 1))
          return { refused: `samplingProbability is ${samplingProbability}` };
        if (!isNoiseMultiplier(event.noiseMultiplier))
          return { refused: `noiseMultiplier is ${event.noiseMultiplier}` };
        return curve(`${samplingProbability} ${event.noiseMultiplier}`, (order) =>
          sampledGaussianRdp(order, samplingProbability, event.noiseMultiplier),
        );
      }
      default:
        return { refused: 'it knows gaussian, poisson-sampled gaussian and non-private releases' };
    }
  };

  const pricing = {
    name: 'rdp',
    size: orders.length,
    price,
    epsilon: (cost: Float64Array, delta: number) => epsilonFromRdp(orders, cost, delta).epsilon,
  };
  return (adjacency) => additiveAccountant(pricing, adjacency);
}

/**
 * Least epsilon over the orders, and the order that gives it: with r the divergence of order a,
 * epsilon = r + ln(1 - 1/a) - ln(delta a)/(a - 1) (Canonne, Kamath and Steinke 2020, arXiv:2004.00010v4,
 * proposition 12). Where delta^2 > 1 - e^-r, delta alone is enough and epsilon is 0: the total variation distance
 * is at most sqrt(1 - e^-KL), and r is at least KL (Bretagnolle and Huber 1979).
 *
 * @param rdp total divergence (nats) at each order
 */
export function epsilonFromRdp(
  orders: readonly number[],
  rdp: ArrayLike<number>,
  delta: number,
): { readonly epsilon: number; readonly order: number } {
  let best = { epsilon: Infinity, order: orders[0]! };
  orders.forEach((order, i) => {
    const divergence = rdp[i]!;
    const epsilon =
      delta * delta + Math.expm1(-divergence) > 0
        ? 0
        : divergence + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
    if (epsilon < best.epsilon) best = { epsilon: Math.max(0, epsilon), order };
  });
  return best;
}
