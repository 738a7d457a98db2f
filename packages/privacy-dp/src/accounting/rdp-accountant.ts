import type { AccountantFactory } from '@fedward/core';
import * as z from 'zod';
import { parseOptions } from '../options.js';
import { additiveAccountant } from './additive-accountant.js';
import { rdpCosts } from './rdp-costs.js';

/** 1.1 to 10.9 by 0.1, 11 to 63, and powers of two up to 1024, which small epsilons need. */
export const defaultOrders: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => (i + 11) / 10),
  ...Array.from({ length: 53 }, (_, i) => i + 11),
  128,
  256,
  512,
  1024,
];

/** Of `rdpAccountant`. */
export interface RdpAccountantOptions {
  /** Orders of the Renyi divergence that are tried, each > 1 and at most 10 000. More orders give a smaller epsilon, never a wrong
   *  one; budgets in the thousands need orders near 1. Default: `defaultOrders`. */
  readonly orders?: readonly number[];
}

/** The options of `rdp`. */
export const rdpOptions = z.strictObject({
  orders: z
    .array(z.number().gt(1).max(10_000))
    .min(1)
    .default([...defaultOrders])
    .describe('orders of the Renyi divergence that are tried; more give a smaller epsilon, never a wrong one'),
});

/**
 * Renyi differential privacy (Mironov 2017): the divergence of each release at fixed orders adds up over an
 * adaptive composition, and is turned into epsilon at the end. To the orders given it adds Infinity, at which the
 * divergence is the epsilon of pure differential privacy: so n Laplace releases never cost more than n times the
 * pure epsilon of one, however small delta is.
 *
 * Which order gives the least epsilon depends on all releases, so that these have to be settled before the first one:
 * what was chosen by an earlier result is priced by `renyiFilter`.
 *
 * It prices Gaussian, Laplace and discrete Gaussian releases under either adjacency; each on a Poisson sample under
 * add-or-remove-one, and on a sample of fixed size under replace-one; a `non-private` release with epsilon Infinity.
 * Any other event is refused with the reason.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function rdpAccountant(options: RdpAccountantOptions = {}, path = 'options'): AccountantFactory {
  const { orders: finiteOrders } = parseOptions(rdpOptions, options, path, 'rdp');
  const orders = [...finiteOrders, Infinity];
  const pricing = {
    name: 'rdp',
    size: orders.length,
    price: rdpCosts(orders),
    epsilon: (cost: Float64Array, delta: number) => epsilonFromRdp(orders, cost, delta).epsilon,
  };
  return (adjacency) => additiveAccountant(pricing, adjacency);
}

/**
 * Least epsilon over the orders, and the order that gives it: with r the divergence of order a,
 * epsilon = r + ln(1 - 1/a) - ln(delta a)/(a - 1) (Canonne, Kamath and Steinke 2020, arXiv:2004.00010v4,
 * proposition 12). Where delta^2 > 1 - e^-r, delta alone is enough and epsilon is 0: the total variation distance
 * is at most sqrt(1 - e^-KL), and r is at least KL (Bretagnolle and Huber 1979). At order Infinity epsilon is r.
 *
 * @param orders each > 1; Infinity is one
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
        : order === Infinity
          ? divergence
          : divergence + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
    if (epsilon < best.epsilon) best = { epsilon: Math.max(0, epsilon), order };
  });
  return best;
}
