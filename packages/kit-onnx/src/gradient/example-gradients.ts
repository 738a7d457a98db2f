import type { Value } from '../graph/graph.js';
import type { Network } from '../network/network.js';
import type { Emitter } from '../operators/emitter.js';
import type { ExampleGradient } from '../operators/example-gradient.js';
import { explicit } from '../operators/examples.js';
import { rowsBack } from '../operators/gather.js';
import { viewBack, views } from '../operators/shapes.js';
import type { Step } from '../operators/operator.js';
import { operatorOf } from '../operators/table.js';
import { batchFactor } from '../types/dims.js';
import type { Types } from '../types/infer.js';
import { assertExamplesApart } from './example-axis.js';
import type { Forward } from './forward.js';
import { dependents, isFloat, Sums } from './gradients.js';

/**
 * Writes gradients by each example of the sum of the output times `outputGradient`, in the form that is cheapest for each
 * tensor: nodes for norms, for each gradient, or for a weighted sum are written when they are asked for.
 *
 * One graph can have both norms and the sum that is weighted by what follows from them; or two runs, the second with the
 * weights as an input.
 * @param forward of the network, in whose graph they are written
 * @param outputGradient float32 of the output's shape, of which each row depends on its example alone
 * @param wanted names of tensors
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming operator and node where examples are mixed, or a tensor is used in a way that
 * has no rule by example
 */
export function addExampleGradients(
  network: Network,
  types: Types,
  forward: Forward,
  outputGradient: Value,
  wanted: readonly string[],
): Map<string, ExampleGradient> {
  assertExamplesApart(network, types, forward);
  const { emit } = forward;
  const reached = dependents(network, types, wanted);
  const sums = new Sums(emit);
  const uses = new Map<string, ExampleGradient[]>();
  const use = (name: string, gradient: ExampleGradient): void =>
    void uses.set(name, [...(uses.get(name) ?? []), gradient]);
  const ofExamples = (name: string): boolean => types.get(name)!.dims.some((dim) => batchFactor(dim) > 0);
  sums.add(network.output, outputGradient);
  for (const { node, step } of forward.steps.toReversed()) {
    const asked = node.inputs.map((name) => reached.has(name) && isFloat(types, name));
    if (!asked.includes(true)) continue;
    const operator = operatorOf(node);
    node.outputs.forEach((name, output) => {
      const own = uses.get(name);
      if (own) return use(node.inputs[0]!, viewed(step, together(emit, types.get(name)!.dims as number[], own)));
      const gradient = sums.get(name);
      if (gradient === undefined) return;
      const byExample = node.inputs.map((input, index) => asked[index]! && ofExamples(input));
      if (byExample.includes(true)) {
        const gradients =
          operator.backward?.(step, gradient, byExample, output) ?? step.call.fail('this operator has no gradient');
        node.inputs.forEach((input, index) => byExample[index] && sums.add(input, gradients[index]));
      }
      node.inputs.forEach((input, index) => {
        if (!asked[index] || byExample[index]) return;
        const { byExample: rule } = operator;
        if (!rule) return step.call.fail(`the tensor ${input} is used in a way that has no gradient by example`);
        use(input, rule(step, gradient, index));
      });
    });
  }
  return new Map(
    wanted.map((name) => {
      const shape = types.get(name)!.dims as readonly number[];
      const own = uses.get(name);
      return [name, own ? together(emit, shape, own) : explicit(emit, shape, () => zerosByExample(emit, shape))];
    }),
  );
}

/** Of a tensor from those of a view of it. */
function viewed({ call, emit, inputs }: Step, of: ExampleGradient): ExampleGradient {
  if (call.node.op === 'Gather' && call.input(1).contents) {
    const back = rowsBack(call, emit);
    return explicit(emit, call.shape(0), () => back(of.each()));
  }
  // A cast to the type that it has is none.
  const isCast = call.node.op.startsWith('Cast') && call.input(0).type === call.outputs[0]!.type;
  if (!isCast && !views.has(call.node.op))
    call.fail('a tensor that is computed with before it is used has no gradient by example');
  return {
    squaredNorms: of.squaredNorms,
    ...(of.squaredMagnitudes && { squaredMagnitudes: of.squaredMagnitudes }),
    each: () => viewBack(call, emit, of.each()),
    weighted: (factors) => {
      const step = { call, emit, inputs, outputs: [], saved: [] };
      return operatorOf(call.node).backward!(step, of.weighted(factors), [true], 0)[0]!;
    },
  };
}

/**
 * Of a tensor that is used in several places: the norm is that of the sum. The weighted sum is made of the same values, for
 * uses may cancel, and what is left of each by itself is then rounding, by the size of what cancelled.
 */
function together(emit: Emitter, shape: readonly number[], uses: readonly ExampleGradient[]): ExampleGradient {
  if (uses.length === 1) return uses[0]!;
  return explicit(emit, shape, () => uses.map((one) => one.each()).reduce((sum, each) => emit.add(sum, each)));
}

function zerosByExample(emit: Emitter, shape: readonly number[]): Value {
  return emit.node('Expand', [emit.scalar(0), emit.dims([{ batch: 1 }, ...shape])]);
}
