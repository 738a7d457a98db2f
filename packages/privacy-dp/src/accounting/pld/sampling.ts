/**
 * What sampling does to the privacy loss of a pair (P, Q). The loss after sampling is an increasing function of the
 * loss before it, so that a law on the losses before is all that is needed.
 */
export interface SampledLoss {
  /** Loss after sampling, of a loss before it. */
  loss(base: number): number;
  /** Its inverse; -Infinity where no loss before sampling gives one as low, Infinity where none gives one as high. */
  base(loss: number): number;
  /** ln of how much more likely this outcome is after sampling, under the first distribution. */
  logWeight(base: number, loss: number): number;
  /** Probability of loss 0 that is added, as a multiple of the pair's total variation distance. */
  readonly zero: number;
}

/** How the records of a release are chosen. */
export type Sampling =
  | { readonly kind: 'all' }
  /** Each with this probability, independently; in (0, 1). */
  | { readonly kind: 'poisson'; readonly rate: number }
  /** This fraction of them, without replacement; in (0, 1). */
  | { readonly kind: 'fixed-size'; readonly rate: number };

/** Under add-or-remove-one the two neighbours have different roles, and each direction a law of its own. */
export type Direction = 'remove' | 'add';

/**
 * Poisson sampling under add-or-remove-one: for removal the pair ((1 - q) Q + q P, Q), for addition (P, (1 - q) P + q Q)
 * (Zhu, Dong and Wang 2022, Optimal accounting of differential privacy via characteristic function, theorem 11).
 *
 * A sample of fixed size under replace-one: for e^epsilon >= 1 the hockey-stick of the first of these pairs, below 1 that
 * of the second (Balle, Barthe and Gaboardi 2018, arXiv:1807.01647, theorem 9, with H_a(P|Q) = 1 - a + a H_(1/a)(Q|P) for
 * the second, as replace-one is symmetric). Its loss is positive as in the first pair, negative as in the second, and 0
 * with the rest of the probability, (1 - rate) times the total variation distance of P and Q.
 */
export function sampledLoss(sampling: Sampling, direction: Direction): SampledLoss {
  switch (sampling.kind) {
    case 'all':
      return unsampled;
    case 'poisson':
      return direction === 'remove' ? removal(sampling.rate) : addition(sampling.rate);
    case 'fixed-size': {
      const [positive, negative] = [removal(sampling.rate), addition(sampling.rate)];
      return {
        loss: (base) => (base > 0 ? positive : negative).loss(base),
        base: (loss) => (loss > 0 ? positive : negative).base(loss),
        logWeight: (base, loss) => (base > 0 ? positive : negative).logWeight(base, loss),
        zero: 1 - sampling.rate,
      };
    }
  }
}

const unsampled: SampledLoss = { loss: (base) => base, base: (loss) => loss, logWeight: () => 0, zero: 0 };

/** The first distribution is e^loss Q, where before it was P = e^base Q. */
function removal(rate: number): SampledLoss {
  return {
    loss: (base) => mixed(rate, base),
    base: (loss) => unmixed(rate, loss),
    logWeight: (base, loss) => loss - base,
    zero: 0,
  };
}

function addition(rate: number): SampledLoss {
  return {
    loss: (base) => -mixed(rate, -base),
    base: (loss) => -unmixed(rate, -loss),
    logWeight: () => 0,
    zero: 0,
  };
}

/** ln(1 - q + q e^y), to full relative precision. */
function mixed(q: number, y: number): number {
  if (y > 700) return y + Math.log(q);
  const excess = q * Math.expm1(y);
  return excess > -0.5 ? Math.log1p(excess) : Math.log(1 - q + q * Math.exp(y));
}

/** y with ln(1 - q + q e^y) = x; -Infinity where x <= ln(1 - q). */
function unmixed(q: number, x: number): number {
  if (x > 700) return x - Math.log(q);
  const excess = Math.expm1(x) / q;
  return excess <= -1 ? -Infinity : Math.log1p(excess);
}
