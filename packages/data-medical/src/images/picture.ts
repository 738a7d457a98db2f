/** A decoded image of any format, its numbers as the file has them. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: number;
  /** Bits a number: they go from 0 to 2^depth - 1. */
  readonly depth: number;
  /** [height, width, channels], row after row. */
  readonly values: Uint8Array | Uint16Array;
}
