/** Words that one call of `fourBlocks` makes. */
export const GROUP: i32 = 64;

/** [16 vectors]: what all blocks of the stream begin with, but for their counter (word 12). */
const start = memory.data(256, 16);
/** [16 vectors]: columns 1 to 3 after the first round. They have no counter, and are the same in all blocks. */
const ahead = memory.data(256, 16);
let roundsOfStream: i32 = 0;

// Of the two rotations by whole bytes, V8 has a short shuffle (two instructions) for 16 bits alone; for 8 bits the
// two shifts are as fast.

// @ts-ignore: decorator
@inline
function rotate16(x: v128): v128 {
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

// @ts-ignore: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

// @ts-ignore: decorator
@inline
function word(at: usize, index: usize): v128 {
  return v128.load(at + (index << 4));
}

/**
 * The stream that `fourBlocks` makes blocks of from now on.
 * @param key 8 words
 * @param rounds even, >= 2
 */
export function openStream(key: usize, rounds: i32, step: u32, lane: u32): void {
  roundsOfStream = rounds;
  // "expand 32-byte k", key, counter, nonce
  v128.store(start, i32x4.splat(0x61707865));
  v128.store(start, i32x4.splat(0x3320646e), 16);
  v128.store(start, i32x4.splat(0x79622d32), 32);
  v128.store(start, i32x4.splat(0x6b206574), 48);
  for (let i: usize = 0; i < 8; i++) v128.store(start + ((i + 4) << 4), v128.load32_splat(key + (i << 2)));
  v128.store(start, i32x4.splat(step), 208);
  v128.store(start, i32x4.splat(lane), 224);
  v128.store(start, i32x4.splat(0), 240);
  for (let column: usize = 1; column < 4; column++) {
    let a = word(start, column);
    let b = word(start, column + 4);
    let c = word(start, column + 8);
    let d = word(start, column + 12);
    a = i32x4.add(a, b);
    d = rotate16(v128.xor(d, a));
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 12);
    a = i32x4.add(a, b);
    d = rotate(v128.xor(d, a), 8);
    c = i32x4.add(c, d);
    b = rotate(v128.xor(b, c), 7);
    v128.store(ahead + (column << 4), a);
    v128.store(ahead + ((column + 4) << 4), b);
    v128.store(ahead + ((column + 8) << 4), c);
    v128.store(ahead + ((column + 12) << 4), d);
  }
}

/**
 * Four blocks of ChaCha side by side (RFC 8439 section 2.3), numbers 4 group to 4 group + 3 of the stream that was
 * opened: vector j of the sixteen that are written holds word j of each, which is the order of core's `KeystreamWords`.
 *
 * @param out 256 bytes
 */
// prettier-ignore
export function fourBlocks(out: usize, group: u32): void {
  const counter = i32x4.add(i32x4.splat(4 * group), i32x4(0, 1, 2, 3));
  let x0 = word(start, 0), x4 = word(start, 4), x8 = word(start, 8), x12 = counter;
  // The first round's column 0: the quarter round of section 2.1.
  x0 = i32x4.add(x0, x4); x12 = rotate16(v128.xor(x12, x0));
  x8 = i32x4.add(x8, x12); x4 = rotate(v128.xor(x4, x8), 12);
  x0 = i32x4.add(x0, x4); x12 = rotate(v128.xor(x12, x0), 8);
  x8 = i32x4.add(x8, x12); x4 = rotate(v128.xor(x4, x8), 7);
  let x1 = word(ahead, 1), x5 = word(ahead, 5), x9 = word(ahead, 9), x13 = word(ahead, 13);
  let x2 = word(ahead, 2), x6 = word(ahead, 6), x10 = word(ahead, 10), x14 = word(ahead, 14);
  let x3 = word(ahead, 3), x7 = word(ahead, 7), x11 = word(ahead, 11), x15 = word(ahead, 15);

  for (let left = roundsOfStream - 2; ; left -= 2) {
    // Diagonals: (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14), step by step.
    x0 = i32x4.add(x0, x5); x1 = i32x4.add(x1, x6); x2 = i32x4.add(x2, x7); x3 = i32x4.add(x3, x4);
    x15 = rotate16(v128.xor(x15, x0)); x12 = rotate16(v128.xor(x12, x1));
    x13 = rotate16(v128.xor(x13, x2)); x14 = rotate16(v128.xor(x14, x3));
    x10 = i32x4.add(x10, x15); x11 = i32x4.add(x11, x12); x8 = i32x4.add(x8, x13); x9 = i32x4.add(x9, x14);
    x5 = rotate(v128.xor(x5, x10), 12); x6 = rotate(v128.xor(x6, x11), 12);
    x7 = rotate(v128.xor(x7, x8), 12); x4 = rotate(v128.xor(x4, x9), 12);
    x0 = i32x4.add(x0, x5); x1 = i32x4.add(x1, x6); x2 = i32x4.add(x2, x7); x3 = i32x4.add(x3, x4);
    x15 = rotate(v128.xor(x15, x0), 8); x12 = rotate(v128.xor(x12, x1), 8);
    x13 = rotate(v128.xor(x13, x2), 8); x14 = rotate(v128.xor(x14, x3), 8);
    x10 = i32x4.add(x10, x15); x11 = i32x4.add(x11, x12); x8 = i32x4.add(x8, x13); x9 = i32x4.add(x9, x14);
    x5 = rotate(v128.xor(x5, x10), 7); x6 = rotate(v128.xor(x6, x11), 7);
    x7 = rotate(v128.xor(x7, x8), 7); x4 = rotate(v128.xor(x4, x9), 7);
    if (left == 0) break;
    // Columns: (0, 4, 8, 12) to (3, 7, 11, 15).
    x0 = i32x4.add(x0, x4); x1 = i32x4.add(x1, x5); x2 = i32x4.add(x2, x6); x3 = i32x4.add(x3, x7);
    x12 = rotate16(v128.xor(x12, x0)); x13 = rotate16(v128.xor(x13, x1));
    x14 = rotate16(v128.xor(x14, x2)); x15 = rotate16(v128.xor(x15, x3));
    x8 = i32x4.add(x8, x12); x9 = i32x4.add(x9, x13); x10 = i32x4.add(x10, x14); x11 = i32x4.add(x11, x15);
    x4 = rotate(v128.xor(x4, x8), 12); x5 = rotate(v128.xor(x5, x9), 12);
    x6 = rotate(v128.xor(x6, x10), 12); x7 = rotate(v128.xor(x7, x11), 12);
    x0 = i32x4.add(x0, x4); x1 = i32x4.add(x1, x5); x2 = i32x4.add(x2, x6); x3 = i32x4.add(x3, x7);
    x12 = rotate(v128.xor(x12, x0), 8); x13 = rotate(v128.xor(x13, x1), 8);
    x14 = rotate(v128.xor(x14, x2), 8); x15 = rotate(v128.xor(x15, x3), 8);
    x8 = i32x4.add(x8, x12); x9 = i32x4.add(x9, x13); x10 = i32x4.add(x10, x14); x11 = i32x4.add(x11, x15);
    x4 = rotate(v128.xor(x4, x8), 7); x5 = rotate(v128.xor(x5, x9), 7);
    x6 = rotate(v128.xor(x6, x10), 7); x7 = rotate(v128.xor(x7, x11), 7);
  }

  v128.store(out, i32x4.add(x0, word(start, 0)));
  v128.store(out, i32x4.add(x1, word(start, 1)), 16);
  v128.store(out, i32x4.add(x2, word(start, 2)), 32);
  v128.store(out, i32x4.add(x3, word(start, 3)), 48);
  v128.store(out, i32x4.add(x4, word(start, 4)), 64);
  v128.store(out, i32x4.add(x5, word(start, 5)), 80);
  v128.store(out, i32x4.add(x6, word(start, 6)), 96);
  v128.store(out, i32x4.add(x7, word(start, 7)), 112);
  v128.store(out, i32x4.add(x8, word(start, 8)), 128);
  v128.store(out, i32x4.add(x9, word(start, 9)), 144);
  v128.store(out, i32x4.add(x10, word(start, 10)), 160);
  v128.store(out, i32x4.add(x11, word(start, 11)), 176);
  v128.store(out, i32x4.add(x12, counter), 192);
  v128.store(out, i32x4.add(x13, word(start, 13)), 208);
  v128.store(out, i32x4.add(x14, word(start, 14)), 224);
  v128.store(out, i32x4.add(x15, word(start, 15)), 240);
}
