import { largest } from '@fedward/core';
/**
 * The first coefficients of (1 - x)^(-1/2): c_k = binom(2k, k) / 4^k = 1, 1/2, 3/8, ... As a lower triangular Toeplitz
 * matrix C they are the square root of the matrix of prefix sums (Fichtenberger, Henzinger and Upadhyay 2023, theorem 1).
 * Cut after `bands` of them, C is the banded square root (Kalinin and Lampert 2024).
 *
 * @param bands >= 1
 */
export function squareRootCoefficients(bands: number): readonly number[] {
  const coefficients = [1];
  for (let k = 1; k < bands; k++) coefficients.push((coefficients[k - 1]! * (2 * k - 1)) / (2 * k));
  return coefficients;
}

/**
 * What each round's update costs, as a squared sensitivity: r_t = sum of (C^T C)_ts over the rounds s that the same
 * client may be asked in, those with s = t (mod turns).
 *
 * **Why this can be charged by the round.** A client that is asked in the rounds P of one turn moves C x, x being its
 * clipped updates over the clip norm, by a squared norm of sum_{t,s in P} <x_t, x_s> (C^T C)_ts. No entry of C is
 * negative, so this is at most sum_{t,s in P} (C^T C)_ts <= sum_{t in P} r_t. The bound holds for every subset P of the
 * rounds of a turn, so that a client that drops out, comes late, or a run that ends early is charged enough; and it is
 * exact for a client that takes part in every round of its turn (Choquette-Choo et al. 2023, "Multi-epoch matrix
 * factorization", section 2.2: sensitivity under a participation pattern).
 *
 * @param coefficients c_0 .. of C, none negative
 * @param rounds size of C
 * @param turns >= 1
 * @returns [rounds]
 */
export function roundCosts(coefficients: readonly number[], rounds: number, turns: number): readonly number[] {
  /** (C^T C)_ts for t <= s: rows i from s on, as far as both columns and the matrix reach. */
  const product = (t: number, s: number): number => {
    let sum = 0;
    for (let i = s; i < Math.min(rounds, t + coefficients.length); i++)
      sum += coefficients[i - t]! * coefficients[i - s]!;
    return sum;
  };
  const costs = new Array<number>(rounds).fill(0);
  for (let t = 0; t < rounds; t++) {
    costs[t]! += product(t, t);
    for (let s = t + turns; s < Math.min(rounds, t + coefficients.length); s += turns) {
      const both = product(t, s);
      costs[t]! += both;
      costs[s]! += both;
    }
  }
  return costs;
}

/** The squared sensitivity of all rounds together: that of the turn that costs most. */
export function totalCost(costs: readonly number[], turns: number): number {
  const totals = new Array<number>(Math.min(turns, costs.length)).fill(0);
  costs.forEach((cost, round) => (totals[round % turns]! += cost));
  return largest(totals);
}
