/**
 * A window that slides over the rows and columns of an image [height, width, channels] with zeros around it, and
 * stands at [outputHeight, outputWidth] positions. A signal [width, channels] is an image of height 1.
 */
export class Windows {
  constructor(
    public readonly height: i32,
    public readonly width: i32,
    public readonly channels: i32,
    public readonly kernelHeight: i32,
    public readonly kernelWidth: i32,
    public readonly strideY: i32,
    public readonly strideX: i32,
    /** Rows above and columns left of the image that the first window reaches. */
    public readonly top: i32,
    public readonly left: i32,
    public readonly outputHeight: i32,
    public readonly outputWidth: i32,
  ) {}

  get imageSize(): i32 {
    return this.height * this.width * this.channels;
  }
  get positions(): i32 {
    return this.outputHeight * this.outputWidth;
  }
  /** Values that one window shows. */
  get size(): i32 {
    return this.kernelHeight * this.kernelWidth * this.channels;
  }
}
