/**
 * Where the `k` values of the largest absolute value are, in rising order. Of equal ones the first, so that everyone who
 * has the same values chooses the same.
 *
 * @param k in [1, values.length]
 */
export function largestAt(values: Float32Array, k: number): Uint32Array {
  const sizes = values.map(Math.abs);
  const least = sizes.slice().sort()[values.length - k]!;
  let equal = k - sizes.reduce((count, size) => count + (size > least ? 1 : 0), 0);
  const chosen = new Uint32Array(k);
  let next = 0;
  for (let i = 0; i < sizes.length; i++)
    if (sizes[i]! > least || (sizes[i] === least && equal-- > 0)) chosen[next++] = i;
  return chosen;
}
