import type { RoundObjective } from '@fedward/core';
import type { Graph } from '@fedward/kit-onnx';
import type { Tensor } from 'onnxruntime-node';
import { clipBound } from '../program/clip-graph.js';
import type { Compiled } from '../program/compiled.js';
import type { Leases } from '../program/lease.js';
import { keyOf, ports, trainedTensors, writeGraph, type GraphKind, type Mode } from '../program/model.js';
import type { Session } from '../program/session.js';
import { targetsOf } from '../program/targets.js';
import type { Runtime } from '../runtime.js';
import { slicedRows, type Rows } from './rows.js';

/** Where a model is run: the runtime, and how a session on it is opened. */
export interface Place {
  readonly runtime: Runtime;
  readonly open: (graph: Graph) => Promise<Session>;
  /** Relative error of one product there: `roundingOf`. */
  readonly rounding: number;
}

/** How a training runs a model. */
export interface RunnerOptions {
  readonly frozen?: ReadonlySet<string>;
  readonly shape?: RoundObjective | undefined;
  readonly masked?: boolean;
}

/**
 * Runs the graphs of one model on rows of any number. Weights are handed to the runtime where they lie, and gradients are
 * written where they are wanted; what is kept is a second array for gradients, used where rows go through in parts.
 */
export class Runner {
  readonly #frozen: ReadonlySet<string>;
  readonly #trained;
  #tensors: { readonly values: Float32Array; readonly feeds: Record<string, Tensor> } | undefined;
  #part: Float32Array | undefined;

  constructor(
    private readonly compiled: Compiled,
    private readonly place: Place,
    private readonly leases: Leases,
    private readonly options: RunnerOptions = {},
  ) {
    this.#frozen = options.frozen ?? new Set();
    this.#trained = trainedTensors(compiled, this.#frozen);
  }

  /** [size, outputs] */
  async outputs(values: Float32Array, rows: Rows): Promise<Float32Array> {
    const outputs = new Float32Array(rows.size * this.compiled.width);
    await this.#inParts('outputs', values, rows, undefined, () => ({}), outputs);
    return outputs;
  }

  /** The sum of the gradients, of a loss that is by example. @param sum [parameters], written */
  async gradient(values: Float32Array, rows: Rows, sum: Float32Array, outputs: Float32Array): Promise<void> {
    await this.#inParts('gradient', values, rows, sum, (part) => this.#targets(part), outputs);
  }

  /** The same by a gradient of the outputs. @param given [size, outputs] */
  async given(values: Float32Array, rows: Rows, given: Float32Array, sum: Float32Array): Promise<void> {
    const { width } = this.compiled;
    const feeds = (part: Rows, from: number): Record<string, Tensor> => ({
      [ports.given]: this.#tensor(given.subarray(from * width, (from + part.size) * width), [part.size, width]),
    });
    await this.#inParts('given', values, rows, sum, feeds);
  }

  /** The sum of the clipped gradients. @param squares [size], written: their squared norms before */
  async clipped(
    values: Float32Array,
    rows: Rows,
    clipNorm: number,
    sum: Float32Array,
    outputs: Float32Array,
    squares: Float64Array,
  ): Promise<void> {
    const most = new this.place.runtime.Tensor('float64', Float64Array.of(clipBound(clipNorm)), []);
    const feeds = (part: Rows): Record<string, Tensor> => ({ ...this.#targets(part), [ports.most]: most });
    await this.#inParts('clipped', values, rows, sum, feeds, outputs, squares);
  }

  async #inParts(
    mode: Mode,
    values: Float32Array,
    rows: Rows,
    sum: Float32Array | undefined,
    feedsOf: (part: Rows, from: number) => Record<string, Tensor>,
    outputs?: Float32Array,
    squares?: Float64Array,
  ): Promise<void> {
    if (this.#trained.length === 0 && mode !== 'outputs')
      return this.#inParts('outputs', values, rows, undefined, () => ({}), outputs);
    const session = await this.#session(mode);
    const { spec, width, dropouts } = this.compiled;
    const { masked = false } = this.options;
    for (let from = 0; from < rows.size; from += this.#atOnce(mode)) {
      const to = Math.min(from + this.#atOnce(mode), rows.size);
      const part = slicedRows(rows, from, to);
      const feeds: Record<string, Tensor> = {
        [ports.input]: this.#tensor(part.features, [part.size, ...spec.inputShape]),
        ...this.#weights(values),
        ...feedsOf(part, from),
      };
      if (masked)
        dropouts.forEach(({ output, shape }, i) => {
          feeds[ports.mask(output)] = this.#tensor(part.masks[i]!, [part.size, ...shape]);
        });
      const fetches: Record<string, Tensor | null> = {};
      if (outputs)
        fetches[ports.outputs] = this.#tensor(outputs.subarray(from * width, to * width), [part.size, width]);
      if (squares)
        fetches[ports.norms] = new this.place.runtime.Tensor('float64', squares.subarray(from, to), [part.size]);
      const target = sum && from > 0 ? (this.#part ??= new Float32Array(sum.length)) : sum;
      if (target)
        for (const { name, shape, offset, size } of this.#trained)
          fetches[ports.gradient(name)] = this.#tensor(target.subarray(offset, offset + size), shape);
      await session.run(feeds, fetches);
      if (sum && target !== sum) for (let k = 0; k < sum.length; k++) sum[k]! += target![k]!;
    }
  }

  /** Gradients that are written out for each example take the room of the parameters. */
  #atOnce(mode: Mode): number {
    const { atOnce, layout } = this.compiled;
    return mode === 'clipped' ? Math.max(1, Math.min(atOnce, Math.floor(2 ** 27 / layout.size))) : atOnce;
  }

  #targets(part: Rows): Record<string, Tensor> {
    const { spec, width } = this.compiled;
    const { targets, weights } = targetsOf(spec.loss, part.labels, width, this.options.shape);
    return {
      [ports.targets]: this.#tensor(targets, [part.size, width]),
      [ports.weights]: this.#tensor(weights, [part.size]),
    };
  }

  /** The same array is the same tensors, whatever is in it by now. */
  #weights(values: Float32Array): Record<string, Tensor> {
    if (this.#tensors?.values !== values) {
      const feeds = this.compiled.layout.tensors.map(({ name, shape, offset, size }) => [
        ports.tensor(name),
        this.#tensor(values.subarray(offset, offset + size), shape),
      ]);
      this.#tensors = { values, feeds: Object.fromEntries(feeds) as Record<string, Tensor> };
    }
    return this.#tensors.feeds;
  }

  #session(mode: Mode): Promise<Session> {
    const { masked = false, shape } = this.options;
    const byLoss = mode === 'gradient' || mode === 'clipped';
    const kind: GraphKind = {
      mode,
      masked: masked && this.compiled.dropouts.length > 0,
      frozen: mode === 'outputs' ? new Set() : this.#frozen,
      q: byLoss ? shape?.generalizedCrossEntropy?.q : undefined,
      rounding: mode === 'clipped' ? this.place.rounding : undefined,
    };
    return this.leases.get(keyOf(this.compiled, kind), () => this.place.open(writeGraph(this.compiled, kind)));
  }

  #tensor(values: Float32Array, shape: readonly number[]): Tensor {
    return new this.place.runtime.Tensor('float32', values, shape);
  }
}
