import { at, reserve } from '../memory';
import { multiply } from '../matrix/multiply';
import { addRows, addScaled, dot, fillRows, scale } from '../matrix/vector';
import { Capacity, Layer, Units } from './layer';

/**
 * Where a Gram matrices' norm is less than this share of |U| |D| (both squared), it is mostly what rounding left of
 * terms that cancel, and not to be clipped by.
 */
const CANCELLED: f64 = 0.01;
/** Rounding error of U^T D in float32, over |U| |D|. */
const ROUNDING: f64 = 2.4e-7;

/**
 * A matrix product for each example: [rows, depth] times the kernel [depth, columns], plus bias. A dense layer has
 * one row an example; a convolution has one for each position of its window, which holds what the window shows
 * (see Convolution).
 *
 * With U the rows of a unit and D the gradients of their outputs, the unit's gradient is U^T D. Its norm is had
 * - for one row, as the product of the two rows' norms (Goodfellow 2015);
 * - for few rows, from the two Gram matrices: |U^T D|^2 = sum (U U^T) * (D D^T) (Bu, Mao and Xu 2022, "ghost norm");
 * - else from U^T D written out and kept, so that the clipped sum then needs no second product.
 */
export class Linear extends Layer {
  /** [examples, rows, depth]; the input itself where there is nothing to rearrange. */
  protected rowsOfInput: usize = 0;
  private unitGradients: usize = 0;
  private grams: usize = 0;
  private productOfUnit: usize = 0;
  private biasOfUnit: usize = 0;
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
    return super.footprint(unitExamples) + (this.keeps(unitExamples) ? this.depth * this.columns : 0);
  }

  reserve(capacity: Capacity): void {
    super.reserve(capacity);
    this.rowsOfInput = this.input;
    const unitRows = capacity.unitExamples * this.rows;
    if (unitRows == 0) return;
    this.biasOfUnit = reserve(this.columns);
    if (this.keeps(capacity.unitExamples)) this.unitGradients = reserve(capacity.examples * this.depth * this.columns);
    else if (unitRows > 1) {
      this.grams = reserve(2 * unitRows * unitRows);
      this.productOfUnit = reserve(this.depth * this.columns);
    }
  }

  /** Whether units' gradients are written out: by the multiplications that either way costs. */
  private keeps(unitExamples: i32): bool {
    const rows = <f64>unitExamples * this.rows;
    return rows > 1 && rows * rows * (this.depth + this.columns) > 3 * <f64>this.depth * this.columns;
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
      if (examples * this.rows == 1 && !this.unitGradients) {
        units.addSquaredNorm(unit, this.squaredRowNorm(first));
        continue;
      }
      if (this.kernelTrains) units.addSquaredNorm(unit, this.squaredKernelNorm(unit, first, examples));
      if (this.bias && this.biasTrains) units.addSquaredNorm(unit, this.squaredBiasNorm(first, examples));
    }
  }

  /** Of kernel and bias together, for a unit of one row: |u d^T|^2 + |d|^2. */
  private squaredRowNorm(first: i32): f64 {
    const u = at(this.rowsOfInput, first * this.depth);
    const d = at(this.outputGradient, first * this.columns);
    const ofKernel = this.kernelTrains ? dot(u, u, this.depth) : 0;
    const ofBias: f64 = this.bias && this.biasTrains ? 1 : 0;
    return dot(d, d, this.columns) * (ofKernel + ofBias);
  }

  private squaredKernelNorm(unit: i32, first: i32, examples: i32): f64 {
    const rows = examples * this.rows;
    const u = at(this.rowsOfInput, first * this.rows * this.depth);
    const d = at(this.outputGradient, first * this.outputSize);
    if (this.unitGradients) {
      const size = this.depth * this.columns;
      const gradient = at(this.unitGradients, unit * size);
      this.addProduct(first, examples, gradient, false);
      return dot(gradient, gradient, size);
    }
    const gramOfD = at(this.grams, rows * rows);
    multiply(rows, rows, this.depth, u, this.depth, 1, u, 1, this.depth, this.grams, rows, false);
    multiply(rows, rows, this.columns, d, this.columns, 1, d, 1, this.columns, gramOfD, rows, false);
    const squares = dot(this.grams, gramOfD, rows * rows);
    const most = dot(u, u, rows * this.depth) * dot(d, d, rows * this.columns);
    return squares > CANCELLED * most ? squares : this.cancelledNorm(first, examples, most);
  }

  /** From U^T D itself, and never too small: a unit must not have more weight than the clip norm, whatever its data. */
  private cancelledNorm(first: i32, examples: i32, most: f64): f64 {
    const product = this.productOfUnit;
    this.addProduct(first, examples, product, false);
    const norm = Math.sqrt(dot(product, product, this.depth * this.columns)) + ROUNDING * Math.sqrt(most);
    return norm * norm;
  }

  private squaredBiasNorm(first: i32, examples: i32): f64 {
    const d = at(this.outputGradient, first * this.outputSize);
    const rows = examples * this.rows;
    memory.fill(this.biasOfUnit, 0, (<usize>this.columns) << 2);
    addRows(this.biasOfUnit, d, rows, this.columns);
    return dot(this.biasOfUnit, this.biasOfUnit, this.columns);
  }

  forget(units: Units, unit: i32): void {
    const first = units.start(unit);
    const examples = <usize>(units.start(unit + 1) - first);
    // Both factors of the product: nothing times infinity is not a number.
    const values = this.rows * this.depth;
    memory.fill(at(this.rowsOfInput, first * values), 0, (examples * values) << 2);
    memory.fill(at(this.outputGradient, first * this.outputSize), 0, (examples * this.outputSize) << 2);
    const size = this.depth * this.columns;
    if (this.unitGradients) memory.fill(at(this.unitGradients, unit * size), 0, (<usize>size) << 2);
  }

  addClippedGradient(units: Units): void {
    const examples = units.start(units.count);
    const size = this.depth * this.columns;
    for (let unit = 0; unit < units.count; unit++) {
      const first = units.start(unit);
      const values = (units.start(unit + 1) - first) * this.outputSize;
      scale(at(this.outputGradient, first * this.outputSize), values, units.factor(unit));
      if (this.unitGradients && this.kernelTrains)
        addScaled(this.kernelGradient, at(this.unitGradients, unit * size), size, units.factor(unit));
    }
    if (!this.unitGradients && this.kernelTrains) this.addProduct(0, examples, this.kernelGradient, true);
    if (this.bias && this.biasTrains)
      addRows(this.biasGradient, this.outputGradient, examples * this.rows, this.columns);
  }
}
