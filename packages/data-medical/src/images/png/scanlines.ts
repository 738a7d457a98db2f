import { broken } from '../failure.js';
import type { PngHeader } from './chunks.js';

/** Some of the pixels of an image: each `stepX`-th of each `stepY`-th row. */
export interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
  /** Of one row, without the byte that names its filter. */
  readonly rowBytes: number;
}

/** Where each pass of Adam7 begins, and its steps (PNG, third edition, section 8.1). */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** How many samples each kind of pixel has. */
export const samplesOf = { grey: 1, rgb: 3, palette: 1, 'grey-alpha': 2, 'rgb-alpha': 4 } as const;

/** The passes that an image is stored in: one, or the seven of Adam7 but for empty ones. */
export function passesOf({ width, height, depth, colour, interlaced }: PngHeader): Pass[] {
  return (interlaced ? adam7 : [[0, 0, 1, 1] as const])
    .map(([x, y, stepX, stepY]) => {
      const [across, down] = [Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)];
      const rowBytes = Math.ceil((across * depth * samplesOf[colour]) / 8);
      return { x, y, stepX, stepY, width: across, height: down, rowBytes };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** How many bytes the passes have once they are inflated. */
export function inflatedSize(passes: readonly Pass[]): number {
  return passes.reduce((sum, { height, rowBytes }) => sum + height * (1 + rowBytes), 0);
}

/**
 * Undoes the filters of one pass, in place (PNG, third edition, section 9.2).
 * @param bytes its rows, each behind the byte that names its filter
 * @param pixelBytes how far back the byte at the left is: of a whole pixel, at least 1
 * @throws {FedwardError} DATA_MALFORMED for a filter that there is not
 */
export function unfilter(name: string, bytes: Uint8Array, { height, rowBytes }: Pass, pixelBytes: number): void {
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let row = 0; row < height; row++) {
    const start = row * (1 + rowBytes);
    const line = bytes.subarray(start + 1, start + 1 + rowBytes);
    const filter = bytes[start]!;
    if (filter > 4) throw broken(name, 'a row of the PNG image has no known filter');
    for (let i = 0; i < rowBytes && filter !== 0; i++) {
      const left = i < pixelBytes ? 0 : line[i - pixelBytes]!;
      const corner = i < pixelBytes ? 0 : above[i - pixelBytes]!;
      line[i] = line[i]! + predicted(filter, left, above[i]!, corner);
    }
    above = line;
  }
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const [toLeft, toUp] = [Math.abs(up - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
