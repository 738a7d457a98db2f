/**
 * Adds whole buffers of 32-bit words, modulo 2^32. The host writes as many words as it likes, up to `mostWords`, to the
 * two addresses, calls, and reads the sum where it wrote the first.
 */

/** 256 KiB a buffer: both, and the stream that is copied in, stay in a core's own cache. */
export const mostWords: i32 = 1 << 16;

// Aligned to 16 bytes, as all that heap.alloc gives.
export const into: usize = heap.alloc(mostWords << 2);
export const words: usize = heap.alloc(mostWords << 2);

/** The last four lanes may go past `count`, never past `mostWords`: what stands there is nobody's. */
export function add(count: i32): void {
  const end = <usize>count << 2;
  for (let at: usize = 0; at < end; at += 16)
    v128.store(into + at, i32x4.add(v128.load(into + at), v128.load(words + at)));
}

export function subtract(count: i32): void {
  const end = <usize>count << 2;
  for (let at: usize = 0; at < end; at += 16)
    v128.store(into + at, i32x4.sub(v128.load(into + at), v128.load(words + at)));
}
