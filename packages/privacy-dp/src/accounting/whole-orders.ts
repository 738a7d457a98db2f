/**
 * An upper bound of a Renyi divergence D at any order, from upper bounds at whole orders. K(a) = (a - 1) D_a is the
 * cumulant generating function of the privacy loss, so convex in a, and K(1) = 0: between two whole orders it lies
 * under the straight line from one to the next (van Erven and Harremoes 2014, arXiv:1206.2459, corollary 2; used so
 * by Wang, Balle and Kasiviswanathan 2019, arXiv:1808.00087).
 *
 * @param order > 1, or Infinity
 * @param divergence upper bound (nats) at each whole order >= 2, and at Infinity
 */
export function fromWholeOrders(order: number, divergence: (wholeOrder: number) => number): number {
  if (order === Infinity || Number.isInteger(order)) return divergence(order);
  const below = Math.floor(order);
  const part = order - below;
  const atBelow = below === 1 ? 0 : (below - 1) * divergence(below);
  const atAbove = below * divergence(below + 1);
  return ((1 - part) * atBelow + part * atAbove) / (order - 1);
}
