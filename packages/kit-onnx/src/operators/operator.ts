import type { Value } from '../graph/graph.js';
import type { TensorType } from '../types/tensor-type.js';
import type { Call } from './call.js';
import type { Emitter } from './emitter.js';
import type { ExampleGradient } from './example-gradient.js';

/** A node whose forward pass has been written. */
export interface Step {
  readonly call: Call;
  readonly emit: Emitter;
  /** '': left out. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Of a Dropout: what each element is multiplied by. */
  readonly mask?: Value | undefined;
  /** What the forward pass left for the gradient. */
  readonly saved: readonly Value[];
}

/** What a forward pass has written. */
export interface Written {
  readonly outputs: readonly Value[];
  readonly saved?: readonly Value[];
}

/** What is known of one of ONNX's operators. */
export interface Operator {
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE where the node does not fit, naming it */
  readonly infer: (call: Call) => readonly TensorType[];

  /** Inputs of which only the contents matter, which `infer` has read: nothing is written for them. */
  readonly operands?: readonly number[];

  /**
   * Writes the forward pass by operators of version `emittedOpset`; without it the node is written as it is.
   * @param gradient whether a gradient will be asked for
   */
  readonly forward?: (step: Omit<Step, 'outputs' | 'saved'>, gradient: boolean) => Written;

  /**
   * Writes gradients by inputs of the sum of output times its gradient. Without it there is no gradient.
   * @param wanted of which inputs
   * @param output of which output the gradient is
   * @returns for each input, undefined where none is wanted or it is zero everywhere
   */
  readonly backward?: (
    step: Step,
    gradient: Value,
    wanted: readonly boolean[],
    output: number,
  ) => readonly (Value | undefined)[];

  /**
   * Gradients by example of an input that does not depend on examples (a tensor, a view of one). Without it a tensor can't be used here under
   * privacy by example.
   * @param input which one
   */
  readonly byExample?: (step: Step, gradient: Value, input: number) => ExampleGradient;

  /** Of the inputs' axis with the examples: whether the operator keeps each example to itself. @returns why not */
  readonly mixes?: (call: Call) => string | undefined;

  /** Multiply-adds of one example. Without it none are counted. */
  readonly multiplyAdds?: (call: Call) => number;
}
