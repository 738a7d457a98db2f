/** Logarithms of n! by their sum, kept: each is exact to a few ulps of the sum. */
const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k++) logFactorials.push(logFactorials[k - 1]! + Math.log(k));
  return logFactorials[n]!;
}

/**
 * Probabilities of 0 to n successes in n independent trials.
 *
 * @param n integer >= 0
 * @param success probability of one success in (0, 1), and `failure` that of none: given apart, so that neither is
 *   lost where the other is near 1
 * @returns [n + 1]
 */
export function binomialProbabilities(n: number, success: number, failure: number): Float64Array {
  const [logSuccess, logFailure] = [Math.log(success), Math.log(failure)];
  return Float64Array.from({ length: n + 1 }, (_, k) =>
    Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * logSuccess + (n - k) * logFailure),
  );
}
