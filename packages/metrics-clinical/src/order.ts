/** Fewer values than this are sorted by comparing them: the passes below cost as much for ten as for some thousands. */
const fewest = 4096;
const digit = 2 ** 16;

/**
 * Positions of the values in ascending order; equal ones, 0 and -0 among them, in their own. Many by a radix sort of their
 * bits, least significant 16 first (Knuth, vol. 3, section 5.2.5): a tenth of the time of a sort that calls back.
 *
 * @param values none NaN
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  if (values.length >= fewest) return byBits(values, 1);
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
}

/** In descending order; equal ones in their own. */
export function descendingOrder(values: Float64Array): Uint32Array {
  if (values.length >= fewest) return byBits(values, -1);
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
}

function byBits(values: Float64Array, sign: 1 | -1): Uint32Array {
  const count = values.length;
  const keys = new Uint16Array(4 * count);
  const one = new Float64Array(1);
  const words = new Uint32Array(one.buffer);
  // 0x0102 tells which half of the number comes first.
  const [low, high] = new Uint8Array(Uint16Array.of(0x0102).buffer)[0] === 2 ? [0, 1] : [1, 0];
  for (let i = 0; i < count; i++) {
    one[0] = sign * values[i]! + 0; // -0 becomes 0
    // Of numbers below 0 all bits are turned, of others the sign: then they lie in the order of the numbers.
    const negative = words[high]! >>> 31 === 1;
    const lower = negative ? ~words[low]! : words[low]!;
    const upper = negative ? ~words[high]! : words[high]! ^ 0x80000000;
    keys[i] = lower;
    keys[count + i] = lower >>> 16;
    keys[2 * count + i] = upper;
    keys[3 * count + i] = upper >>> 16;
  }
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let next = new Uint32Array(count);
  const places = new Uint32Array(digit);
  for (let pass = 0; pass < 4; pass++) {
    const own = keys.subarray(pass * count, (pass + 1) * count);
    places.fill(0);
    for (let i = 0; i < count; i++) places[own[i]!]!++;
    for (let value = 0, before = 0; value < digit; value++) {
      const here = places[value]!;
      places[value] = before;
      before += here;
    }
    for (let i = 0; i < count; i++) {
      const position = order[i]!;
      next[places[own[position]!]!++] = position;
    }
    [order, next] = [next, order];
  }
  return order;
}
