/** The Cox loss of a batch. */
export interface CoxLoss {
  /** [batch]: 0 for a censored record. */
  readonly losses: Float64Array;
  /** [batch]: gradient of the SUM of the losses by the scores. */
  readonly gradient: Float64Array;
}

/**
 * Cox's partial likelihood (Cox 1972, J. R. Stat. Soc. B 34:187, eq. 12; ties by Breslow 1974): an event at time
 * T_i with score s_i costs log sum_{j: T_j >= T_i} exp s_j - s_i, whoever is censored at T_i being at risk still.
 * Both ways through the records are in the order of time, so O(n log n), and in log space, so that nothing
 * overflows whatever the scores.
 *
 * @param scores [batch] log hazards, finite
 * @param times [batch] not 0; negative where the record is censored at -time
 */
export function coxLoss(scores: ArrayLike<number>, times: ArrayLike<number>): CoxLoss {
  const n = times.length;
  const losses = new Float64Array(n);
  const gradient = new Float64Array(n);
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => Math.abs(times[b]!) - Math.abs(times[a]!));

  // From the last time to the first: log of the sum over those still at risk.
  const logRisk = new Float64Array(n);
  let sum = -Infinity;
  for (const group of tied(order, times)) {
    for (const i of group) sum = logAdd(sum, scores[i]!);
    for (const i of group) logRisk[i] = sum;
  }
  // And back: record k is in the risk set of every event until its own time.
  let log = -Infinity; // of the sum over these events of 1 / (sum over those at risk)
  for (const group of tied(order.reverse(), times)) {
    for (const i of group) if (times[i]! > 0) log = logAdd(log, -logRisk[i]!);
    for (const i of group) {
      const event = times[i]! > 0;
      if (event) losses[i] = logRisk[i]! - scores[i]!;
      gradient[i] = Math.exp(scores[i]! + log) - (event ? 1 : 0);
    }
  }
  return { losses, gradient };
}

/** Records of one time after the other. */
function* tied(order: Uint32Array, times: ArrayLike<number>): Generator<Uint32Array> {
  const time = (place: number) => Math.abs(times[order[place]!]!);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && time(end) === time(start)) end++;
    yield order.subarray(start, end);
  }
}

/** log(e^a + e^b) */
function logAdd(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  return small === -Infinity ? large : large + Math.log1p(Math.exp(small - large));
}
