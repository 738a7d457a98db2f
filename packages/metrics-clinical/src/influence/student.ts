import { z95 } from './influence.js';

/**
 * The 0.975 quantile of Student's distribution, for intervals of 95 % of means of few values, to ten digits or so.
 *
 * From 200 degrees of freedom on by the expansion in their inverse (Abramowitz and Stegun 1964, 26.7.5), below by bisection
 * of the finite sums for whole degrees of freedom (26.7.3 and 26.7.4).
 *
 * @param degrees whole, >= 1
 */
export function student95(degrees: number): number {
  return degrees >= 200 ? expanded(degrees) : bisected(degrees);
}

function expanded(v: number): number {
  const z = z95;
  return (
    z +
    (z ** 3 + z) / (4 * v) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * v ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92160 * v ** 4)
  );
}

function bisected(degrees: number): number {
  let [low, high] = [z95, 13]; // of one degree: 12.706
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (within(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The probability to lie within -t and t. */
function within(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  // Terms cos, cos^3 2/3, cos^5 (2 4)/(3 5), ... or 1, cos^2 1/2, cos^4 (1 3)/(2 4), ...
  let [term, sum] = [odd ? cosine : 1, 0];
  for (let k = odd ? 1 : 0; k <= degrees - 2; k += 2) {
    sum += term;
    term *= ((k + 1) / (k + 2)) * cosine ** 2;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
