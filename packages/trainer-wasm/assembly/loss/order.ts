import { at } from '../memory';

/**
 * Writes 0 to count - 1 in the order of their losses, the smallest first, of equals the earlier; a loss that is no number
 * comes before all, so that it is not hidden. Heap sort (Williams 1964).
 *
 * @param losses [count], float64
 * @param order [count]
 */
export function orderBySize(losses: usize, order: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u32>(at(order, i), i);
  for (let root = count / 2 - 1; root >= 0; root--) sink(losses, order, root, count);
  for (let end = count - 1; end > 0; end--) {
    swap(order, 0, end);
    sink(losses, order, 0, end);
  }
}

/** Whether the record at place a of the order comes after that at place b. */
function after(losses: usize, order: usize, a: i32, b: i32): bool {
  const one = load<u32>(at(order, a));
  const other = load<u32>(at(order, b));
  const x = rank(load<f64>(losses + ((<usize>one) << 3)));
  const y = rank(load<f64>(losses + ((<usize>other) << 3)));
  return x == y ? one > other : x > y;
}

function rank(loss: f64): f64 {
  return isNaN(loss) ? -Infinity : loss;
}

function sink(losses: usize, order: usize, root: i32, count: i32): void {
  while (2 * root + 1 < count) {
    let child = 2 * root + 1;
    if (child + 1 < count && after(losses, order, child + 1, child)) child++;
    if (!after(losses, order, child, root)) return;
    swap(order, root, child);
    root = child;
  }
}

function swap(order: usize, a: i32, b: i32): void {
  const kept = load<u32>(at(order, a));
  store<u32>(at(order, a), load<u32>(at(order, b)));
  store<u32>(at(order, b), kept);
}
