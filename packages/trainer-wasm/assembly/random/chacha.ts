/** Words that one call of `fourBlocks` makes. */
export const GROUP: i32 = 64;

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

/**
 * Four blocks of ChaCha side by side (RFC 8439 section 2.3), numbers 4 group to 4 group + 3: vector j of the sixteen
 * that are written holds word j of each, which is the order of core's `KeystreamWords`.
 *
 * @param out 256 bytes
 * @param key 8 words
 * @param rounds even
 */
// prettier-ignore
export function fourBlocks(out: usize, key: usize, rounds: i32, step: u32, lane: u32, group: u32): void {
  // "expand 32-byte k", key, counter, nonce
  const counter = i32x4.add(i32x4.splat(4 * group), i32x4(0, 1, 2, 3));
  let x0 = i32x4.splat(0x61707865), x1 = i32x4.splat(0x3320646e);
  let x2 = i32x4.splat(0x79622d32), x3 = i32x4.splat(0x6b206574);
  let x4 = v128.load32_splat(key), x5 = v128.load32_splat(key, 4);
  let x6 = v128.load32_splat(key, 8), x7 = v128.load32_splat(key, 12);
  let x8 = v128.load32_splat(key, 16), x9 = v128.load32_splat(key, 20);
  let x10 = v128.load32_splat(key, 24), x11 = v128.load32_splat(key, 28);
  let x12 = counter, x13 = i32x4.splat(step), x14 = i32x4.splat(lane), x15 = i32x4.splat(0);

  for (let round = 0; round < rounds; round += 2) {
    // Columns: the quarter rounds of section 2.1 on (0, 4, 8, 12) to (3, 7, 11, 15), step by step.
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
    // Diagonals: (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14).
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
  }

  v128.store(out, i32x4.add(x0, i32x4.splat(0x61707865)));
  v128.store(out, i32x4.add(x1, i32x4.splat(0x3320646e)), 16);
  v128.store(out, i32x4.add(x2, i32x4.splat(0x79622d32)), 32);
  v128.store(out, i32x4.add(x3, i32x4.splat(0x6b206574)), 48);
  v128.store(out, i32x4.add(x4, v128.load32_splat(key)), 64);
  v128.store(out, i32x4.add(x5, v128.load32_splat(key, 4)), 80);
  v128.store(out, i32x4.add(x6, v128.load32_splat(key, 8)), 96);
  v128.store(out, i32x4.add(x7, v128.load32_splat(key, 12)), 112);
  v128.store(out, i32x4.add(x8, v128.load32_splat(key, 16)), 128);
  v128.store(out, i32x4.add(x9, v128.load32_splat(key, 20)), 144);
  v128.store(out, i32x4.add(x10, v128.load32_splat(key, 24)), 160);
  v128.store(out, i32x4.add(x11, v128.load32_splat(key, 28)), 176);
  v128.store(out, i32x4.add(x12, counter), 192);
  v128.store(out, i32x4.add(x13, i32x4.splat(step)), 208);
  v128.store(out, i32x4.add(x14, i32x4.splat(lane)), 224);
  v128.store(out, x15, 240);
}
