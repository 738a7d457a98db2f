import { at, reserve } from '../memory';
import { multiply } from '../matrix/multiply';
import { addRows, addScaled, dot, fillRows, scaleToClip } from '../matrix/vector';
import { Capacity, Layer, Units } from './layer';

/** Relative error of one float64 operation. */
const ROUNDING_64: f64 = 1.0 / 9007199254740992;

/**
 * A matrix product for each example: [rows, depth] times the kernel [depth, columns], plus bias. A dense layer has
 * one row an example; a convolution has one for each position of its window, which holds what the window shows
 * (see Convolution).
 *
 * With U the rows of a unit and D the gradients of their outputs, the unit's gradient is U^T D. Its norm is had
 * - for one row, as the product of the two rows' norms (Goodfellow 2015);
 * - for few rows, from the two Gram matrices: |U^T D|^2 = sum (U U^T) * (D D^T) (Bu, Mao and Xu 2022, "ghost norm"), in
 *   float64, since rows may cancel;
 * - else from U^T D written out and kept, so that the clipped sum then needs no second product. The gradient of the
 *   bias, the sum of the rows of D, is kept behind it.
 */
export class Linear extends Layer {
  /** [examples, rows, depth]; the input itself where there is nothing to rearrange. */
  protected rowsOfInput: usize = 0;
  private unitGradients: usize = 0;
  private kernelTrains: bool = true;
  private biasTrains: bool = true;

  constructor(
    inputSize: i32,
    protected readonly rows: i32,
    protected readonly depth: i32,
    protected readonly columns: i32,
    protected readonly kernel: usize,
    private readonly kernelGradient: usize,
    /** 0: none */
    private readonly bias: usize,
    private readonly biasGradient: usize,
  ) {
    super(inputSize, rows * columns);
  }

  footprint(unitExamples: i32): i32 {
    return super.footprint(unitExamples) + (this.keeps(unitExamples) ? this.gradientSize : 0);
  }

  reserve(capacity: Capacity): void {
    super.reserve(capacity);
    this.rowsOfInput = this.input;
    if (this.keeps(capacity.unitExamples)) this.unitGradients = reserve(capacity.examples * this.gradientSize);
  }

  /** Values of a unit's gradient: of the kernel, then of the bias. */
  private get gradientSize(): i32 {
    return this.depth * this.columns + (this.bias ? this.columns : 0);
  }

  /** Whether units' gradients are written out: by what either way costs. */
  private keeps(unitExamples: i32): bool {
    const rows = <f64>unitExamples * this.rows;
    return rows > 1 && rows * rows * (this.depth + this.columns) > 2 * <f64>this.depth * this.columns;
  }

  forward(examples: i32, training: bool): void {
    const rows = examples * this.rows;
    if (this.bias) fillRows(this.output, this.bias, rows, this.columns);
    multiply(
      rows,
      this.columns,
      this.depth,
      this.rowsOfInput,
      this.depth,
      1,
      this.kernel,
      this.columns,
      1,
      this.output,
      this.columns,
      this.bias != 0,
    );
  }

  backward(examples: i32): void {
    this.rowsGradient(0, examples, this.inputGradient);
  }

  /** Gradient of the rows of `examples` examples from `first` on: D kernel^T. */
  protected rowsGradient(first: i32, examples: i32, target: usize): void {
    multiply(
      examples * this.rows,
      this.depth,
      this.columns,
      at(this.outputGradient, first * this.outputSize),
      this.columns,
      1,
      this.kernel,
      1,
      this.columns,
      target,
      this.depth,
      false,
    );
  }

  trains(): bool {
    return this.kernelTrains || (this.bias != 0 && this.biasTrains);
  }

  thaw(): void {
    this.kernelTrains = true;
    this.biasTrains = true;
  }

  freeze(tensor: usize): void {
    if (tensor == this.kernel) this.kernelTrains = false;
    if (tensor == this.bias) this.biasTrains = false;
  }

  addGradient(examples: i32): void {
    if (this.kernelTrains) this.addProduct(0, examples, this.kernelGradient, true);
    if (this.bias && this.biasTrains)
      addRows(this.biasGradient, this.outputGradient, examples * this.rows, this.columns);
  }

  /** target = U^T D, or += it, over `examples` examples from `first` on. */
  private addProduct(first: i32, examples: i32, target: usize, accumulate: bool): void {
    multiply(
      this.depth,
      this.columns,
      examples * this.rows,
      at(this.rowsOfInput, first * this.rows * this.depth),
      1,
      this.depth,
      at(this.outputGradient, first * this.outputSize),
      this.columns,
      1,
      target,
      this.columns,
      accumulate,
    );
  }

  addSquaredNorms(units: Units): void {
    for (let unit = 0; unit < units.count; unit++) {
      const first = units.start(unit);
      const examples = units.start(unit + 1) - first;
      if (this.unitGradients) this.keepGradient(units, unit, first, examples);
      else this.addGhostNorm(units, unit, first, examples * this.rows);
    }
  }

  private gradientOf(unit: i32): usize {
    return at(this.unitGradients, unit * this.gradientSize);
  }

  private keepGradient(units: Units, unit: i32, first: i32, examples: i32): void {
    const size = this.depth * this.columns;
    const ofKernel = this.gradientOf(unit);
    const ofBias = at(ofKernel, size);
    let squares: f64 = 0;
    if (this.kernelTrains) {
      this.addProduct(first, examples, ofKernel, false);
      squares += dot(ofKernel, ofKernel, size);
    }
    if (this.bias && this.biasTrains) {
      memory.fill(ofBias, 0, (<usize>this.columns) << 2);
      addRows(ofBias, at(this.outputGradient, first * this.outputSize), examples * this.rows, this.columns);
      squares += dot(ofBias, ofBias, this.columns);
    }
    units.addSquaredNorm(unit, squares, squares);
  }

  /**
   * From the Gram matrices of U and D: kernel and bias together are U with a column of ones, U'^T D. Never too small:
   * what rounding may have taken is added, so that rows that cancel give no unit more weight than the clip norm.
   */
  private addGhostNorm(units: Units, unit: i32, first: i32, rows: i32): void {
    const u = at(this.rowsOfInput, first * this.rows * this.depth);
    const d = at(this.outputGradient, first * this.outputSize);
    const ofBias: f64 = this.bias && this.biasTrains ? 1 : 0;
    let squares: f64 = 0;
    let ofU: f64 = 0;
    let ofD: f64 = 0;
    for (let r = 0; r < rows; r++)
      for (let s = 0; s <= r; s++) {
        const inputs = this.kernelTrains ? this.gram(u, r, s, this.depth) + ofBias : ofBias;
        const gradients = this.gram(d, r, s, this.columns);
        squares += (r == s ? 1 : 2) * (inputs * gradients);
        if (r != s) continue;
        ofU += inputs;
        ofD += gradients;
      }
    const most = ofU * ofD;
    const operations = <f64>(this.depth + this.columns + rows * rows);
    if (rows > 1) squares = max(squares, 0) + operations * ROUNDING_64 * most;
    units.addSquaredNorm(unit, squares, most);
  }

  private gram(matrix: usize, r: i32, s: i32, columns: i32): f64 {
    return dot(at(matrix, r * columns), at(matrix, s * columns), columns);
  }

  forget(units: Units, unit: i32): void {
    const first = units.start(unit);
    const examples = <usize>(units.start(unit + 1) - first);
    // Both factors of the product: nothing times infinity is not a number.
    const values = this.rows * this.depth;
    memory.fill(at(this.rowsOfInput, first * values), 0, (examples * values) << 2);
    memory.fill(at(this.outputGradient, first * this.outputSize), 0, (examples * this.outputSize) << 2);
    if (this.unitGradients) memory.fill(this.gradientOf(unit), 0, (<usize>this.gradientSize) << 2);
  }

  addClippedGradient(units: Units): void {
    if (this.unitGradients) this.addKept(units);
    else {
      for (let unit = 0; unit < units.count; unit++) {
        const first = units.start(unit);
        const values = (units.start(unit + 1) - first) * this.outputSize;
        scaleToClip(at(this.outputGradient, first * this.outputSize), values, units.factor(unit));
      }
      this.addGradient(units.start(units.count));
    }
  }

  private addKept(units: Units): void {
    const size = this.depth * this.columns;
    for (let unit = 0; unit < units.count; unit++) {
      const gradient = this.gradientOf(unit);
      const factor = units.factor(unit);
      if (this.kernelTrains) addScaled(this.kernelGradient, gradient, size, factor);
      if (this.bias && this.biasTrains) addScaled(this.biasGradient, at(gradient, size), this.columns, factor);
    }
  }
}
