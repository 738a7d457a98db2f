/**
 * Index of the first NaN or Infinity; -1 where all values are finite. Every update and every data set goes through this:
 * a finite number times 0 is 0, and others are NaN. Four sums, so that none waits for the one before.
 */
export function firstNonFinite(values: Float32Array | Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * 0;
    b += values[i + 1]! * 0;
    c += values[i + 2]! * 0;
    d += values[i + 3]! * 0;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! * 0;
  return a + b + c + d === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
