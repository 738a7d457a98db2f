import { encodeModel } from '../file/messages.js';

type Raw = Record<string, unknown>;

/** A model in the words of onnx.proto: x [N, 2] to y [N, 1] by one Gemm; members over those. */
export function modelMessage({ graph = {}, ...model }: Raw & { graph?: Raw } = {}): Raw {
  const port = (name: string, ...sizes: readonly (number | string)[]) => {
    const dim = sizes.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
    return { name, type: { tensor_type: { elem_type: 1, shape: { dim } } } };
  };
  return {
    ir_version: 8,
    producer_name: 'test',
    opset_import: [{ domain: '', version: 17 }],
    ...model,
    graph: {
      name: 'g',
      node: [{ op_type: 'Gemm', name: 'dense', input: ['x', 'w'], output: ['y'] }],
      initializer: [floatTensor('w', [2, 1], [1, 2])],
      input: [port('x', 'N', 2)],
      output: [port('y', 'N', 1)],
      ...graph,
    },
  };
}

/** Its numbers in `raw_data`. */
export function floatTensor(name: string, dims: readonly number[], values: readonly number[]): Raw {
  return { name, dims, data_type: 1, raw_data: new Uint8Array(Float32Array.from(values).buffer) };
}

/** The bytes of such a model. */
export function modelBytes(members: Raw & { graph?: Raw } = {}): Uint8Array {
  return encodeModel(modelMessage(members));
}
