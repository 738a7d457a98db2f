import { Random } from '@fedward/core';
import { encodeModel } from '@fedward/kit-onnx';

const float32 = 1;
const random = new Random('own network');

/** Normal numbers so small that values between the layers stay about 1; of one axis ones, as new scales are. */
function tensor(name: string, ...dims: number[]) {
  const size = dims.reduce((product, n) => product * n, 1);
  const scale = Math.sqrt(dims[0]! / size);
  const values = Float32Array.from({ length: size }, () => (dims.length > 1 ? scale * random.normal() : 1));
  return { name, dims, data_type: float32, raw_data: new Uint8Array(values.buffer) };
}

function port(name: string, ...sizes: number[]) {
  const dim = [{ dim_param: 'N' }, ...sizes.map((dim_value) => ({ dim_value }))];
  return { name, type: { tensor_type: { elem_type: float32, shape: { dim } } } };
}

const node = (op_type: string, input: string[], output: string) => ({ op_type, input, output: [output] });

/** What somebody may have: an ONNX file of a small CNN with a batch norm, for images of 28 x 28 and two classes. */
export function ownNetwork(): Uint8Array {
  return encodeModel({
    ir_version: 8,
    opset_import: [{ domain: '', version: 17 }],
    graph: {
      name: 'own',
      node: [
        node('Conv', ['x', 'conv.weight'], 'conv'),
        node('BatchNormalization', ['conv', 'bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var'], 'bn'),
        node('Relu', ['bn'], 'relu'),
        node('GlobalAveragePool', ['relu'], 'pooled'),
        node('Flatten', ['pooled'], 'flat'),
        node('Gemm', ['flat', 'fc.weight', 'fc.bias'], 'y'),
      ],
      initializer: [
        tensor('conv.weight', 4, 1, 3, 3),
        ...['weight', 'bias', 'running_mean', 'running_var'].map((name) => tensor(`bn.${name}`, 4)),
        tensor('fc.weight', 4, 2),
        tensor('fc.bias', 2),
      ],
      input: [port('x', 1, 28, 28)],
      output: [port('y', 2)],
    },
  });
}
