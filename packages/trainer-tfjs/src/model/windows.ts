/**
 * A window that slides over the rows and columns of a batch of images [batch, height, width, channels], with
 * zeros around them. A signal [batch, width, channels] is an image of height 1.
 */
export interface Windows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Positions of the window. */
  readonly output: readonly [number, number];
  /** Rows above and columns left of the image that the first window reaches. */
  readonly before: readonly [number, number];
}

/** The geometry of a layer. `same` pads to ceil(n / stride) positions with the smaller half first, as TensorFlow does. */
export function placeWindows(
  input: readonly [number, number, number],
  kernel: readonly [number, number],
  stride: readonly [number, number],
  padding: 'valid' | 'same',
): Windows {
  const along = (axis: 0 | 1): { positions: number; before: number } => {
    const n = input[axis];
    const k = kernel[axis];
    const s = stride[axis];
    if (padding === 'valid') return { positions: Math.floor((n - k) / s) + 1, before: 0 };
    const positions = Math.ceil(n / s);
    return { positions, before: Math.floor(Math.max((positions - 1) * s + k - n, 0) / 2) };
  };
  const rows = along(0);
  const columns = along(1);
  return {
    height: input[0],
    width: input[1],
    channels: input[2],
    kernel,
    stride,
    output: [rows.positions, columns.positions],
    before: [rows.before, columns.before],
  };
}

/**
 * The windows as rows of a matrix (im2col): [batch * positions, kernel height * kernel width * channels].
 * On the host: as tensor operations (slices and a concatenation) the same takes up to 100 times longer.
 *
 * @param images [batch, height, width, channels]
 */
export function unrollWindows(windows: Windows, images: Float32Array, batch: number): Float32Array {
  const { height, width, channels, kernel, stride, output, before } = windows;
  const rowSize = kernel[1] * channels;
  const windowSize = kernel[0] * rowSize;
  const matrix = new Float32Array(batch * output[0] * output[1] * windowSize);
  let window = 0;
  for (let image = 0; image < batch; image++)
    for (let i = 0; i < output[0]; i++)
      for (let j = 0; j < output[1]; j++, window += windowSize) {
        // What a window shows of one image row is contiguous: its columns `from` to `to`.
        const left = j * stride[1] - before[1];
        const from = Math.max(0, -left);
        const to = Math.min(kernel[1], width - left);
        for (let k = 0; k < kernel[0]; k++) {
          const row = i * stride[0] - before[0] + k;
          if (row < 0 || row >= height) continue;
          let source = ((image * height + row) * width + left + from) * channels;
          let target = window + k * rowSize + from * channels;
          for (const end = window + k * rowSize + to * channels; target < end;) matrix[target++] = images[source++]!;
        }
      }
  return matrix;
}
