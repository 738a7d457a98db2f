/** Words that one call of `fourBlocks` makes. */
export const GROUP: i32 = 64;

const state = memory.data(64, 16);

// @ts-ignore: decorator
@inline
function rotate16(x: v128): v128 {
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

// @ts-ignore: decorator
@inline
function rotate12(x: v128): v128 {
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20));
}

// @ts-ignore: decorator
@inline
function rotate8(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

// @ts-ignore: decorator
@inline
function rotate7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
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
  store<u32>(state, 0x61707865); store<u32>(state, 0x3320646e, 4);
  store<u32>(state, 0x79622d32, 8); store<u32>(state, 0x6b206574, 12);
  memory.copy(state + 16, key, 32);
  store<u32>(state, 4 * group, 48); store<u32>(state, step, 52);
  store<u32>(state, lane, 56); store<u32>(state, 0, 60);

  const counter = i32x4.add(v128.load32_splat(state, 48), i32x4(0, 1, 2, 3));
  let x0 = v128.load32_splat(state), x1 = v128.load32_splat(state, 4);
  let x2 = v128.load32_splat(state, 8), x3 = v128.load32_splat(state, 12);
  let x4 = v128.load32_splat(state, 16), x5 = v128.load32_splat(state, 20);
  let x6 = v128.load32_splat(state, 24), x7 = v128.load32_splat(state, 28);
  let x8 = v128.load32_splat(state, 32), x9 = v128.load32_splat(state, 36);
  let x10 = v128.load32_splat(state, 40), x11 = v128.load32_splat(state, 44);
  let x12 = counter, x13 = v128.load32_splat(state, 52);
  let x14 = v128.load32_splat(state, 56), x15 = v128.load32_splat(state, 60);

  for (let round = 0; round < rounds; round += 2) {
    // Columns: the quarter rounds of section 2.1 on (0, 4, 8, 12) to (3, 7, 11, 15), step by step.
    x0 = i32x4.add(x0, x4); x1 = i32x4.add(x1, x5); x2 = i32x4.add(x2, x6); x3 = i32x4.add(x3, x7);
    x12 = rotate16(v128.xor(x12, x0)); x13 = rotate16(v128.xor(x13, x1));
    x14 = rotate16(v128.xor(x14, x2)); x15 = rotate16(v128.xor(x15, x3));
    x8 = i32x4.add(x8, x12); x9 = i32x4.add(x9, x13); x10 = i32x4.add(x10, x14); x11 = i32x4.add(x11, x15);
    x4 = rotate12(v128.xor(x4, x8)); x5 = rotate12(v128.xor(x5, x9));
    x6 = rotate12(v128.xor(x6, x10)); x7 = rotate12(v128.xor(x7, x11));
    x0 = i32x4.add(x0, x4); x1 = i32x4.add(x1, x5); x2 = i32x4.add(x2, x6); x3 = i32x4.add(x3, x7);
    x12 = rotate8(v128.xor(x12, x0)); x13 = rotate8(v128.xor(x13, x1));
    x14 = rotate8(v128.xor(x14, x2)); x15 = rotate8(v128.xor(x15, x3));
    x8 = i32x4.add(x8, x12); x9 = i32x4.add(x9, x13); x10 = i32x4.add(x10, x14); x11 = i32x4.add(x11, x15);
    x4 = rotate7(v128.xor(x4, x8)); x5 = rotate7(v128.xor(x5, x9));
    x6 = rotate7(v128.xor(x6, x10)); x7 = rotate7(v128.xor(x7, x11));
    // Diagonals: (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14).
    x0 = i32x4.add(x0, x5); x1 = i32x4.add(x1, x6); x2 = i32x4.add(x2, x7); x3 = i32x4.add(x3, x4);
    x15 = rotate16(v128.xor(x15, x0)); x12 = rotate16(v128.xor(x12, x1));
    x13 = rotate16(v128.xor(x13, x2)); x14 = rotate16(v128.xor(x14, x3));
    x10 = i32x4.add(x10, x15); x11 = i32x4.add(x11, x12); x8 = i32x4.add(x8, x13); x9 = i32x4.add(x9, x14);
    x5 = rotate12(v128.xor(x5, x10)); x6 = rotate12(v128.xor(x6, x11));
    x7 = rotate12(v128.xor(x7, x8)); x4 = rotate12(v128.xor(x4, x9));
    x0 = i32x4.add(x0, x5); x1 = i32x4.add(x1, x6); x2 = i32x4.add(x2, x7); x3 = i32x4.add(x3, x4);
    x15 = rotate8(v128.xor(x15, x0)); x12 = rotate8(v128.xor(x12, x1));
    x13 = rotate8(v128.xor(x13, x2)); x14 = rotate8(v128.xor(x14, x3));
    x10 = i32x4.add(x10, x15); x11 = i32x4.add(x11, x12); x8 = i32x4.add(x8, x13); x9 = i32x4.add(x9, x14);
    x5 = rotate7(v128.xor(x5, x10)); x6 = rotate7(v128.xor(x6, x11));
    x7 = rotate7(v128.xor(x7, x8)); x4 = rotate7(v128.xor(x4, x9));
  }

  v128.store(out, i32x4.add(x0, v128.load32_splat(state))); v128.store(out, i32x4.add(x1, v128.load32_splat(state, 4)), 16);
  v128.store(out, i32x4.add(x2, v128.load32_splat(state, 8)), 32); v128.store(out, i32x4.add(x3, v128.load32_splat(state, 12)), 48);
  v128.store(out, i32x4.add(x4, v128.load32_splat(state, 16)), 64); v128.store(out, i32x4.add(x5, v128.load32_splat(state, 20)), 80);
  v128.store(out, i32x4.add(x6, v128.load32_splat(state, 24)), 96); v128.store(out, i32x4.add(x7, v128.load32_splat(state, 28)), 112);
  v128.store(out, i32x4.add(x8, v128.load32_splat(state, 32)), 128); v128.store(out, i32x4.add(x9, v128.load32_splat(state, 36)), 144);
  v128.store(out, i32x4.add(x10, v128.load32_splat(state, 40)), 160); v128.store(out, i32x4.add(x11, v128.load32_splat(state, 44)), 176);
  v128.store(out, i32x4.add(x12, counter), 192); v128.store(out, i32x4.add(x13, v128.load32_splat(state, 52)), 208);
  v128.store(out, i32x4.add(x14, v128.load32_splat(state, 56)), 224); v128.store(out, i32x4.add(x15, v128.load32_splat(state, 60)), 240);
}
