/**
 * Hockey-stick divergences H(epsilon) = sum or integral of max(0, p - e^epsilon q), epsilon any real number, by direct
 * summation and integration or in closed form: nothing in common with the code that is tested.
 */
export type HockeyStick = (epsilon: number) => number;

/** N(0, 1) against N(mu, 1): Simpson's rule over the half-line on which p is the larger. */
export function gaussianStick(mu: number): HockeyStick {
  const bell = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  return (epsilon) => {
    const edge = mu / 2 - epsilon / mu; // p(x) > e^epsilon q(x) for x below it
    const to = Math.min(edge, mu + 12);
    const from = Math.min(-12, to - 1);
    return simpson((x) => bell(x) - Math.exp(epsilon) * bell(x - mu), from, to, 20_000);
  };
}

/** Laplace noise of scale 1, moved by t. */
export function laplaceStick(t: number): HockeyStick {
  return (epsilon) => {
    if (epsilon >= t) return 0;
    if (epsilon <= -t) return 1 - Math.exp(epsilon);
    return 1 - Math.exp((epsilon - t) / 2);
  };
}

/** Weights e^(-x^2 / (2 sigma^2)) at the integers, moved by one. */
export function discreteGaussianStick(sigma: number): HockeyStick {
  const reach = Math.ceil(16 * sigma) + 2;
  const weight = (x: number): number => Math.exp((-x * x) / (2 * sigma * sigma));
  let total = 0;
  for (let x = -reach; x <= reach; x++) total += weight(x);
  return (epsilon) => {
    let sum = 0;
    for (let x = -reach; x <= reach; x++) sum += Math.max(0, weight(x) - Math.exp(epsilon) * weight(x - 1));
    return sum / total;
  };
}

/** ((1 - q) Q + q P, Q): q H at the epsilon at which e^epsilon - 1 is q times larger. */
export function removalStick(q: number, base: HockeyStick): HockeyStick {
  return (epsilon) => {
    const inner = 1 + Math.expm1(epsilon) / q;
    return inner <= 0 ? 1 - Math.exp(epsilon) : q * base(Math.log(inner));
  };
}

/** (P, (1 - q) P + q Q): P - e^epsilon ((1 - q) P + q Q) = (1 - e^epsilon (1 - q)) P - e^epsilon q Q. */
export function additionStick(q: number, base: HockeyStick): HockeyStick {
  return (epsilon) => {
    const share = 1 - Math.exp(epsilon) * (1 - q);
    return share <= 0 ? 0 : share * base(Math.log((Math.exp(epsilon) * q) / share));
  };
}

/** A sample of fixed size: as removal for e^epsilon >= 1, as addition below (Balle, Barthe and Gaboardi 2018, theorem 9). */
export function fixedSizeStick(q: number, base: HockeyStick): HockeyStick {
  const [above, below] = [removalStick(q, base), additionStick(q, base)];
  return (epsilon) => (epsilon >= 0 ? above(epsilon) : below(epsilon));
}

function simpson(f: (x: number) => number, from: number, to: number, panels: number): number {
  const h = (to - from) / panels;
  let sum = f(from) + f(to);
  for (let i = 1; i < panels; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * h);
  return (sum * h) / 3;
}
