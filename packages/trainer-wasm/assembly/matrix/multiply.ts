import { pack } from './pack';
import { tile, TILE_COLUMNS, TILE_ROWS } from './tile';

/**
 * A block of A (ROWS x DEPTH, 256 KiB) stays in the second-level cache while a panel of B (DEPTH x 8, 8 KiB) stays in
 * the first-level one.
 */
const DEPTH: i32 = 256;
const ROWS: i32 = 256;
const COLUMNS: i32 = 512;

const panelsOfA = memory.data(ROWS * DEPTH * 4, 64);
const panelsOfB = memory.data(COLUMNS * DEPTH * 4, 64);
const partOfTile = memory.data(TILE_ROWS * TILE_COLUMNS * 4, 64);

/**
 * C = A B, or C += A B: A [rows, depth], B [depth, columns], C [rows, columns].
 *
 * Strides count values. A and B may have any, so that a transpose costs nothing: swap its two strides. C has
 * contiguous rows. Up to 28 bytes beyond the last value of A and of B may be read, and are not used.
 * With depth 0 the product is 0. Sums run over depth in order, in blocks of 256.
 */
export function multiply(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aRow: i32,
  aDepth: i32,
  b: usize,
  bDepth: i32,
  bColumn: i32,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  if (depth == 0 && !accumulate)
    for (let row = 0; row < rows; row++) memory.fill(c + ((<usize>row * cRow) << 2), 0, (<usize>columns) << 2);
  for (let column = 0; column < columns; column += COLUMNS) {
    const width = min(COLUMNS, columns - column);
    for (let d = 0; d < depth; d += DEPTH) {
      const length = min(DEPTH, depth - d);
      let panelB = b + ((<usize>d * bDepth + <usize>column * bColumn) << 2);
      let strideB = (<usize>bDepth) << 2;
      let nextB = (<usize>TILE_COLUMNS) << 2;
      // Few rows don't pay for a copy.
      if (bColumn != 1 || rows > 2 * TILE_ROWS) {
        pack(panelsOfB, TILE_COLUMNS, width, length, panelB, bColumn, bDepth);
        panelB = panelsOfB;
        strideB = (<usize>TILE_COLUMNS) << 2;
        nextB = strideB * length;
      }
      for (let row = 0; row < rows; row += ROWS) {
        const height = min(ROWS, rows - row);
        let panelA = a + ((<usize>row * aRow + <usize>d * aDepth) << 2);
        let strideA = (<usize>aDepth) << 2;
        let nextA = (<usize>TILE_ROWS) << 2;
        if (aRow != 1) {
          pack(panelsOfA, TILE_ROWS, height, length, panelA, aRow, aDepth);
          panelA = panelsOfA;
          strideA = (<usize>TILE_ROWS) << 2;
          nextA = strideA * length;
        }
        const corner = c + ((<usize>row * cRow + column) << 2);
        block(height, width, length, panelA, strideA, nextA, panelB, strideB, nextB, corner, cRow, accumulate || d > 0);
      }
    }
  }
}

/** All tiles of one block; `nextA` and `nextB` lead from a panel to the next, in bytes. */
function block(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aStride: usize,
  nextA: usize,
  b: usize,
  bStride: usize,
  nextB: usize,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  const cStride = (<usize>cRow) << 2;
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    let panelA = a;
    let corner = c + ((<usize>column) << 2);
    const width = columns - column;
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const height = rows - row;
      if (height >= TILE_ROWS && width >= TILE_COLUMNS) {
        tile(depth, panelA, aStride, b, bStride, corner, cStride, accumulate);
      } else {
        tile(depth, panelA, aStride, b, bStride, partOfTile, (<usize>TILE_COLUMNS) << 2, false);
        copyPart(min(TILE_ROWS, height), min(TILE_COLUMNS, width), corner, cStride, accumulate);
      }
      panelA += nextA;
      corner += <usize>TILE_ROWS * cStride;
    }
    b += nextB;
  }
}

/** What of the last tile lies inside of C. */
function copyPart(rows: i32, columns: i32, c: usize, cStride: usize, accumulate: bool): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = load<f32>(partOfTile + ((row * TILE_COLUMNS + column) << 2));
      const place = c + <usize>row * cStride + ((<usize>column) << 2);
      store<f32>(place, accumulate ? load<f32>(place) + value : value);
    }
  }
}
