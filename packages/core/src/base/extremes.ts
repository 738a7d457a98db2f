/**
 * `Math.max(...values)` gives each value as an argument, of which a call takes some hundred thousand; these take any
 * number.
 *
 * @param least what is returned where there is no value, or none above it
 */
export function largest(values: Iterable<number>, least = -Infinity): number {
  let found = least;
  for (const value of values) if (value > found || Number.isNaN(value)) found = value;
  return found;
}

/** @param most what is returned where there is no value, or none below it */
export function smallest(values: Iterable<number>, most = Infinity): number {
  let found = most;
  for (const value of values) if (value < found || Number.isNaN(value)) found = value;
  return found;
}
