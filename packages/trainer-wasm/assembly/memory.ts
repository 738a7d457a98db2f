/** What the kernels may read beyond the end of a buffer (its values are not used). */
const SLACK: usize = 32;

/**
 * Room for so many float32 (or 32-bit integer) values, zeros, aligned to 16 bytes. Everything is reserved while a
 * network is built; a step allocates nothing, and nothing is ever given back but with the whole instance.
 */
export function reserve(values: i32): usize {
  const bytes = (<usize>values << 2) + SLACK;
  const pointer = heap.alloc(bytes);
  memory.fill(pointer, 0, bytes);
  return pointer;
}

/** Address of value `index` of an array of 32-bit values. */
// @ts-ignore: decorator
@inline
export function at(array: usize, index: i32): usize {
  return array + (<usize>index << 2);
}
