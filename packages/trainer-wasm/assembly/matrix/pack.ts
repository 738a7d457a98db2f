/**
 * The kernel reads A four rows at a time and B eight columns at a time, depth after depth. Here blocks of either are
 * copied into that order ("panels"), which makes all reads of the kernel contiguous and does away with transposes:
 * a copy costs one pass over a block that the kernel reads many times (Goto and van de Geijn 2008).
 *
 * Strides count values, not bytes. What a panel has beyond the block is filled with zeros.
 */

/** `lines` lines of `depth` values -> panels of `width` (4 or 8) lines: [lines / width, depth, width]. */
export function pack(
  panel: usize,
  width: i32,
  lines: i32,
  depth: i32,
  source: usize,
  lineStride: i32,
  depthStride: i32,
): void {
  for (let line = 0; line < lines; line += width) {
    const there = min(width, lines - line);
    const first = source + ((<usize>line * lineStride) << 2);
    if (there == width && lineStride == 1) copyAcross(panel, width, depth, first, depthStride);
    else if (there == width && depthStride == 1) transpose(panel, width, depth, first, lineStride);
    else copyEach(panel, width, there, depth, first, lineStride, depthStride);
    panel += (<usize>depth * width) << 2;
  }
}

/** The lines of a panel lie next to each other already. */
function copyAcross(panel: usize, width: i32, depth: i32, source: usize, depthStride: i32): void {
  const step = (<usize>depthStride) << 2;
  if (width == 4) {
    for (let d = 0; d < depth; d++) {
      v128.store(panel, v128.load(source));
      panel += 16;
      source += step;
    }
  } else {
    for (let d = 0; d < depth; d++) {
      v128.store(panel, v128.load(source));
      v128.store(panel, v128.load(source, 16), 16);
      panel += 32;
      source += step;
    }
  }
}

/** Each line is contiguous: blocks of 4 x 4 are turned round in registers. */
function transpose(panel: usize, width: i32, depth: i32, source: usize, lineStride: i32): void {
  const line = (<usize>lineStride) << 2;
  const across = (<usize>width) << 2;
  for (let half: usize = 0; half < across; half += 16) {
    let target = panel + half;
    let from = source + (half >> 2) * line;
    let d = 0;
    for (; d + 4 <= depth; d += 4) {
      const r0 = v128.load(from);
      const r1 = v128.load(from + line);
      const r2 = v128.load(from + 2 * line);
      const r3 = v128.load(from + 3 * line);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(target + across, v128.shuffle<f64>(low01, low23, 1, 3));
      v128.store(target + 2 * across, v128.shuffle<f64>(high01, high23, 0, 2));
      v128.store(target + 3 * across, v128.shuffle<f64>(high01, high23, 1, 3));
      target += 4 * across;
      from += 16;
    }
    for (; d < depth; d++) {
      for (let l: usize = 0; l < 4; l++) store<f32>(target + (l << 2), load<f32>(from + l * line));
      target += across;
      from += 4;
    }
  }
}

/** Any strides, and fewer lines than the panel has. */
function copyEach(
  panel: usize,
  width: i32,
  lines: i32,
  depth: i32,
  source: usize,
  lineStride: i32,
  depthStride: i32,
): void {
  for (let d = 0; d < depth; d++) {
    let from = source + ((<usize>d * depthStride) << 2);
    for (let l = 0; l < width; l++) {
      store<f32>(panel, l < lines ? load<f32>(from) : 0);
      from += (<usize>lineStride) << 2;
      panel += 4;
    }
  }
}
