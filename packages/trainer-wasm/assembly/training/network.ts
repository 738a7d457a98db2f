import { Dropout } from '../layers/dropout';
import { Capacity, Layer, Units } from '../layers/layer';
import { reserve } from '../memory';
import { lossOf, lossRoom } from '../loss/loss';
import { Objective } from '../loss/objective';

/** The layers one after the other, and the loss at their end. */
export class Network {
  private readonly layers: Array<Layer> = [];
  readonly objective: Objective = new Objective();
  private room: usize = 0;
  /** [examples, inputSize] and [examples]: where a batch is put. */
  input: usize = 0;
  labels: usize = 0;
  /** The first layer with a tensor that is trained: what lies before it needs no gradient. */
  private firstTrained: i32 = 0;

  constructor(
    readonly inputSize: i32,
    private readonly loss: i32,
  ) {}

  add(layer: Layer): void {
    this.layers.push(layer);
  }

  /** Values reserved for each example of the capacity. */
  footprint(unitExamples: i32): i32 {
    let values = this.inputSize + 8;
    for (let i = 0; i < this.layers.length; i++) values += this.layers[i].footprint(unitExamples);
    return values;
  }

  reserve(capacity: Capacity): void {
    this.input = reserve(capacity.examples * this.inputSize);
    this.labels = reserve(capacity.examples);
    this.room = reserve(lossRoom(capacity.examples));
    this.objective.reserve(this.last.outputSize);
    let output = this.input;
    let gradient: usize = 0; // nobody asks for the gradient of the data
    for (let i = 0; i < this.layers.length; i++) {
      const layer = this.layers[i];
      layer.input = output;
      layer.inputGradient = gradient;
      layer.reserve(capacity);
      output = layer.output;
      gradient = layer.outputGradient;
    }
    this.thaw();
  }

  get outputs(): usize {
    return this.last.output;
  }

  private get last(): Layer {
    return this.layers[this.layers.length - 1];
  }

  thaw(): void {
    for (let i = 0; i < this.layers.length; i++) this.layers[i].thaw();
    this.findFirstTrained();
  }

  freeze(tensor: usize): void {
    for (let i = 0; i < this.layers.length; i++) this.layers[i].freeze(tensor);
    this.findFirstTrained();
  }

  private findFirstTrained(): void {
    this.firstTrained = 0;
    while (this.firstTrained < this.layers.length && !this.layers[this.firstTrained].trains()) this.firstTrained++;
  }

  /**
   * @param firstExample where in the step's batch these examples stand
   * @param places see `Records.places`
   */
  forward(examples: i32, training: bool, firstExample: i32 = 0, places: usize = 0): void {
    for (let i = 0; i < this.layers.length; i++) {
      const layer = this.layers[i];
      if (layer instanceof Dropout) {
        (layer as Dropout).firstExample = firstExample;
        (layer as Dropout).places = places;
      }
      layer.forward(examples, training);
    }
  }

  /** The sum of the examples' losses; sets the gradient of the outputs. Comes after `forward`. */
  lossSum(examples: i32): f64 {
    const last = this.last;
    // prettier-ignore
    return lossOf(
      this.loss, this.objective, examples, last.outputSize, last.output, this.labels, last.outputGradient, this.room,
    );
  }

  /** Adds the gradient of the sum of all losses to the tensors' gradients. */
  addGradient(examples: i32): void {
    for (let i = this.layers.length - 1; i >= this.firstTrained; i--) {
      const layer = this.layers[i];
      layer.addGradient(examples);
      if (i > this.firstTrained) layer.backward(examples);
    }
  }

  private forget(units: Units, unit: i32): void {
    for (let i = this.firstTrained; i < this.layers.length; i++) this.layers[i].forget(units, unit);
  }

  /**
   * Adds the sum of the units' gradients, each scaled down to `clipNorm` (L2, over all tensors that are trained):
   * Abadi et al. 2016, algorithm 1. One pass back finds the norms; what the layers kept of it gives the sum, so that
   * there is no second pass. A gradient beyond float32 counts as 0: it would make the sum no number, and who refuses
   * that sum has told of the record.
   */
  addClippedGradient(units: Units, clipNorm: f64): void {
    const examples = units.start(units.count);
    units.reset();
    for (let i = this.layers.length - 1; i >= this.firstTrained; i--) {
      const layer = this.layers[i];
      layer.addSquaredNorms(units);
      if (i > this.firstTrained) layer.backward(examples);
    }
    for (let unit = 0; unit < units.count; unit++) if (units.setFactor(unit, clipNorm) == 0) this.forget(units, unit);
    for (let i = this.layers.length - 1; i >= this.firstTrained; i--) this.layers[i].addClippedGradient(units);
  }
}
