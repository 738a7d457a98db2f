import type { Value } from '../graph/graph.js';
import { batchFactor, broadcast, describe, equalDims, multiply, size, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import { examplesFirst, explicit, outerProducts, scaleExamples, unbroadcastByExample } from './examples.js';
import type { ExampleGradient } from './example-gradient.js';
import type { Operator, Step } from './operator.js';

/** alpha A' B' + beta C, where a stroke is the transpose if transA or transB is 1. */
interface Gemm {
  readonly transA: number;
  readonly transB: number;
  readonly alpha: number;
  readonly beta: number;
  readonly rows: Dim;
  readonly inner: Dim;
  readonly columns: Dim;
}

function gemmOf(call: Call): Gemm {
  const [transA, transB] = [call.number('transA', 0), call.number('transB', 0)];
  const [a, b] = [call.dims(0), call.dims(1)];
  if (a.length !== 2 || b.length !== 2) call.fail(`takes matrices, not ${describe(a)} and ${describe(b)}`);
  const [rows, inner] = transA ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
  const [other, columns] = transB ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
  if (!equalDims(inner, other)) call.fail(`${describe(a)} and ${describe(b)} can't be multiplied`);
  return { transA, transB, alpha: call.number('alpha', 1), beta: call.number('beta', 1), rows, inner, columns };
}

const Gemm: Operator = {
  infer: (call) => {
    const { rows, columns } = gemmOf(call);
    const dims = [rows, columns];
    const sum = call.has(2) ? broadcast(dims, call.dims(2)) : dims;
    if (!sum || sum.length !== 2 || !sum.every((dim, axis) => equalDims(dim, dims[axis]!)))
      call.fail(`${describe(call.dims(2))} can't be added to ${describe(dims)}`);
    return [{ type: call.float(0).type, dims }];
  },
  backward: ({ call, emit, inputs }, gradient, [byA, byB, byC]) => {
    const { transA, transB, alpha, beta } = gemmOf(call);
    const [a, b] = inputs as [Value, Value];
    const gemm = (left: Value, right: Value, flags: { transA?: number; transB?: number }): Value =>
      emit.node('Gemm', [left, right], { ...flags, alpha: { float: alpha } });
    return [
      byA
        ? transA
          ? gemm(b, gradient, { transA: transB, transB: 1 })
          : gemm(gradient, b, { transB: 1 - transB })
        : undefined,
      byB
        ? transB
          ? gemm(gradient, a, { transA: 1, transB: transA })
          : gemm(a, gradient, { transA: 1 - transA })
        : undefined,
      byC ? scaled(emit.unbroadcast(gradient, call.outputs[0]!.dims, call.dims(2)), beta) : undefined,
    ];
    function scaled(value: Value, by: number): Value {
      return by === 1 ? value : emit.mul(value, emit.scalar(by, call.float(0).type));
    }
  },
  byExample: (step, gradient, input) => {
    const { call, emit, inputs } = step;
    const { transA, transB, alpha, beta, inner, columns } = gemmOf(call);
    const shape = call.shape(input);
    const scaled = (by: number): Value => (by === 1 ? gradient : emit.mul(gradient, emit.scalar(by)));
    if (input === 2)
      return explicit(emit, shape, () => unbroadcastByExample(emit, scaled(beta), call.outputs[0]!.dims, shape));
    if (input === 0 || transA) return call.fail('a tensor in the place of the examples has no gradient by example');
    return rowsTimes(step, inputs[0]!, call.dims(0), scaled(alpha), gradient, size(inner), size(columns), transB === 1);
  },
  multiplyAdds: (call) => {
    const { rows, inner, columns } = gemmOf(call);
    return size(rows) * size(inner) * size(columns);
  },
};

/** Gradients by example of a matrix that each row of another is multiplied by. @param scaled gradient of the product */
function rowsTimes(
  step: Step,
  rows: Value,
  dims: readonly Dim[],
  scaled: Value,
  gradient: Value,
  inner: number,
  columns: number,
  transposed: boolean,
): ExampleGradient {
  const { call, emit } = step;
  const outer = [...dims.slice(0, -1), columns];
  const [left, right] = [examplesFirst(emit, rows, dims), examplesFirst(emit, scaled, outer)];
  const positions = left.rest.slice(0, -1).reduce((product, dim) => product * dim, 1);
  const matrices = (value: Value, from: readonly number[], width: number): Value =>
    emit.reshape(value, [{ batch: 1 }, positions, width], [{ batch: 1 }, ...from]);
  return outerProducts(
    emit,
    {
      left: matrices(left.value, left.rest, inner),
      right: matrices(right.value, right.rest, columns),
      positions,
      rows: inner,
      columns,
    },
    call.shape(1),
    (each) => {
      const from: Dim[] = [{ batch: 1 }, inner, columns];
      return transposed ? emit.transposeLast(each, 3) : emit.reshape(each, [{ batch: 1 }, ...call.shape(1)], from);
    },
    (factors) =>
      call.node.op === 'Gemm'
        ? Gemm.backward!(
            step,
            scaleExamples(emit, gradient, call.outputs[0]!.dims, factors),
            [false, true, false],
            0,
          )[1]!
        : MatMul.backward!(step, scaleExamples(emit, gradient, call.outputs[0]!.dims, factors), [false, true], 0)[1]!,
  );
}

/** As matrices, of vectors too: what is multiplied and what comes out. */
function matricesOf(call: Call): { a: readonly Dim[]; b: readonly Dim[]; out: readonly Dim[] } {
  const a = call.dims(0).length === 1 ? [1, ...call.dims(0)] : call.dims(0);
  const b = call.dims(1).length === 1 ? [...call.dims(1), 1] : call.dims(1);
  if (a.length === 0 || b.length === 0 || !equalDims(a.at(-1)!, b.at(-2)!))
    call.fail(`${describe(call.dims(0))} and ${describe(call.dims(1))} can't be multiplied`);
  const outer = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (!outer) call.fail(`${describe(call.dims(0))} and ${describe(call.dims(1))} do not go together`);
  return { a, b, out: [...outer, a.at(-2)!, b.at(-1)!] };
}

const MatMul: Operator = {
  infer: (call) => {
    const { out } = matricesOf(call);
    const dims = out.filter(
      (_, axis) =>
        !(axis === out.length - 2 && call.dims(0).length === 1) &&
        !(axis === out.length - 1 && call.dims(1).length === 1),
    );
    return [{ type: call.float(0).type, dims }];
  },
  backward: ({ call, emit, inputs }, gradient, [byA, byB]) => {
    const { a, b, out } = matricesOf(call);
    const g = emit.reshape(gradient, out, call.outputs[0]!.dims);
    const matrixA = emit.reshape(inputs[0]!, a, call.dims(0));
    const matrixB = emit.reshape(inputs[1]!, b, call.dims(1));
    const back = (value: Value, to: readonly Dim[], index: number): Value =>
      emit.reshape(emit.unbroadcast(value, outerOf(to, out), to), call.dims(index), to);
    const rows = multiply(a.slice(0, -1));
    // A matrix that all share: one product over all rows instead of one for each that are then added.
    if (b.length === 2 && a.length > 2 && rows !== undefined) {
      const flatA = emit.reshape(matrixA, [rows, a.at(-1)!]);
      const flatG = emit.reshape(g, [rows, out.at(-1)!]);
      return [
        byA ? back(emit.matMul(g, emit.transposeLast(matrixB, 2)), a, 0) : undefined,
        byB ? emit.reshape(emit.matMul(emit.transposeLast(flatA, 2), flatG), call.dims(1), b) : undefined,
      ];
    }
    return [
      byA ? back(emit.matMul(g, emit.transposeLast(matrixB, b.length)), a, 0) : undefined,
      byB ? back(emit.matMul(emit.transposeLast(matrixA, a.length), g), b, 1) : undefined,
    ];
  },
  byExample: (step, gradient, input) => {
    const { call, emit, inputs } = step;
    const { a, b, out } = matricesOf(call);
    const shape = call.shape(input);
    if (input === 1 && b.length === 2 && call.dims(0).length > 1) {
      const product = emit.reshape(gradient, out, call.outputs[0]!.dims);
      return rowsTimes(step, inputs[0]!, a, product, gradient, size(b[0]!), size(b[1]!), false);
    }
    // Elsewhere products for each example are added up where the tensor was broadcast.
    const examples = out.findIndex((dim) => batchFactor(dim) > 0);
    if (examples >= out.length - 2) return call.fail('has no gradient by example of a tensor on this side');
    return explicit(emit, shape, () => {
      const g = emit.reshape(gradient, out, call.outputs[0]!.dims);
      const matrixA = emit.reshape(inputs[0]!, a, call.dims(0));
      const matrixB = emit.reshape(inputs[1]!, b, call.dims(1));
      const product =
        input === 0
          ? emit.matMul(g, emit.transposeLast(matrixB, b.length))
          : emit.matMul(emit.transposeLast(matrixA, a.length), g);
      const to = input === 0 ? a : b;
      const each = unbroadcastByExample(emit, product, outerOf(to, out), to as readonly number[]);
      return emit.reshape(each, [{ batch: 1 }, ...shape], [{ batch: 1 }, ...to]);
    });
  },
  multiplyAdds: (call) => {
    const { a, out } = matricesOf(call);
    return out.reduce<number>((product, dim) => product * size(dim), size(a.at(-1)!));
  },
};

/** Dimensions of a gradient by one of the factors before it is added up over what was broadcast. */
function outerOf(factor: readonly Dim[], out: readonly Dim[]): Dim[] {
  return [...out.slice(0, -2), ...factor.slice(-2)];
}

export const matrix = { Gemm, MatMul };
