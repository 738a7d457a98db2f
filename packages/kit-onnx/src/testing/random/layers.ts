import { count, float, type Grow } from './grow.js';

const dense: Grow = (b, { value, shape }, choose) => {
  const [inner, outputs] = [shape.at(-1)!, choose.int(2, 5)];
  if (shape.length === 1 && choose.next() < 0.6) {
    const transB = choose.int(0, 1);
    const w = transB ? b.tensor(outputs, inner) : b.tensor(inner, outputs);
    return {
      value: b.node('Gemm', [value, w, b.tensor(outputs)], { transB, alpha: 0.8, beta: 1.5 }),
      shape: [outputs],
    };
  }
  // Weights as torch has them, turned in the graph.
  const w = choose.next() < 0.5 ? b.tensor(inner, outputs) : b.node('Transpose', [b.tensor(outputs, inner)]);
  return { value: b.node('MatMul', [value, w]), shape: shape.with(-1, outputs) };
};

/** softmax(x x') x, of one head. */
const attention: Grow = (b, { value, shape }, choose) => {
  if (shape.length !== 2) return undefined;
  const width = shape[1]!;
  const [q, k, v] = [0, 1, 2].map(() => b.node('MatMul', [value, b.tensor(width, width)])) as [string, string, string];
  const scores = b.node('MatMul', [q, b.node('Transpose', [k], { perm: [0, 2, 1] })]);
  const weights = b.node('Softmax', [b.node('Div', [scores, float(b, Math.sqrt(width))])], { axis: -1 });
  const mixed = b.node('MatMul', [weights, v]);
  return { value: choose.next() < 0.5 ? b.node('Add', [value, mixed]) : mixed, shape };
};

const normalized: Grow = (b, { value, shape }, choose) => {
  const [channels, ...spatial] = shape as [number, ...number[]];
  const epsilon = 0.01;
  const kind = choose.of(['Layer', 'Instance', 'Group', 'Batch']);
  const affine = (size: number): string[] => [b.tensor(size), b.tensor(size)];
  if (kind === 'Layer') {
    if (shape.at(-1)! < 3) return undefined;
    return { value: b.node('LayerNormalization', [value, ...affine(shape.at(-1)!)], { axis: -1, epsilon }), shape };
  }
  if (kind === 'Batch') {
    const random = (low: number): number[] => Array.from({ length: channels }, () => Math.fround(low + choose.next()));
    const statistics = [random(-0.5), random(0.5)].map((values) => b.constant('float32', [channels], values));
    return { value: b.node('BatchNormalization', [value, ...affine(channels), ...statistics], { epsilon }), shape };
  }
  if (spatial.length === 0 || spatial.length > 3 || count(spatial) < 3) return undefined;
  if (kind === 'Instance') return { value: b.node('InstanceNormalization', [value, ...affine(channels)], { epsilon }), shape }; // prettier-ignore
  const num_groups = channels % 2 === 0 ? 2 : 1;
  return { value: b.node('GroupNormalization', [value, ...affine(channels)], { num_groups, epsilon }), shape };
};

const convolved: Grow = (b, { value, shape }, choose) => {
  const [channels, ...spatial] = shape as [number, ...number[]];
  if (spatial.length < 1 || spatial.length > 3) return undefined;
  const kernel = spatial.map(() => choose.int(1, 3));
  const dilations = spatial.map(() => choose.of([1, 1, 2]));
  const strides = spatial.map(() => choose.of([1, 1, 2]));
  // A window of nothing but pads would cut all that comes before it off.
  const pads = [...spatial, ...spatial].map((_, at) => (kernel[at % spatial.length]! > 1 ? choose.int(0, 1) : 0));
  const span = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const out = spatial.map(
    (size, a) => Math.floor((size + pads[a]! + pads[a + spatial.length]! - span[a]!) / strides[a]!) + 1,
  );
  if (out.some((size) => size < 1)) return undefined;
  const group = channels % 2 === 0 && choose.next() < 0.3 ? 2 : choose.next() < 0.15 ? channels : 1;
  const outputs = group * choose.int(1, group > 1 ? 2 : 4);
  const inputs = [
    value,
    b.tensor(outputs, channels / group, ...kernel),
    ...(choose.int(0, 1) ? [b.tensor(outputs)] : []),
  ];
  return { value: b.node('Conv', inputs, { strides, dilations, pads, group }), shape: [outputs, ...out] };
};

const deconvolved: Grow = (b, { value, shape }, choose) => {
  const [channels, ...spatial] = shape as [number, ...number[]];
  if (spatial.length < 1 || spatial.length > 2 || count(spatial) > 20) return undefined;
  const kernel = spatial.map(() => choose.int(2, 3));
  const strides = spatial.map(() => choose.int(1, 2));
  const pads = [...spatial, ...spatial].map(() => choose.int(0, 1));
  const output_padding = strides.map((stride) => choose.int(0, stride - 1));
  const out = spatial.map(
    (size, a) => (size - 1) * strides[a]! + output_padding[a]! + kernel[a]! - pads[a]! - pads[a + spatial.length]!,
  );
  if (out.some((size) => size < 1)) return undefined;
  const outputs = choose.int(1, 3);
  const inputs = [value, b.tensor(channels, outputs, ...kernel), ...(choose.int(0, 1) ? [b.tensor(outputs)] : [])];
  return { value: b.node('ConvTranspose', inputs, { strides, pads, output_padding }), shape: [outputs, ...out] };
};

const pooled: Grow = (b, { value, shape }, choose) => {
  const [channels, ...spatial] = shape as [number, ...number[]];
  if (spatial.length < 1 || spatial.length > 3) return undefined;
  if (choose.next() < 0.2)
    return { value: b.node('GlobalAveragePool', [value]), shape: [channels, ...spatial.map(() => 1)] };
  const kernel_shape = spatial.map((size) => Math.min(choose.int(2, 3), size));
  const strides = spatial.map(() => choose.int(1, 2));
  const pads = [...spatial, ...spatial].map((_, at) => (kernel_shape[at % spatial.length]! > 1 ? choose.int(0, 1) : 0));
  const out = spatial.map((size, a) => Math.floor((size + pads[a]! + pads[a + spatial.length]! - kernel_shape[a]!) / strides[a]!) + 1); // prettier-ignore
  const op = choose.of(['MaxPool', 'AveragePool']);
  const more: Record<string, number> = op === 'AveragePool' ? { count_include_pad: choose.int(0, 1) } : {};
  return { value: b.node(op, [value], { kernel_shape, strides, pads, ...more }), shape: [channels, ...out] };
};

/** Rows of a table by what a value is, as whole numbers; the value itself goes on beside them. */
const embedded: Grow = (b, { value, shape }, choose) => {
  if (shape.length !== 1) return undefined;
  const [rows, width] = [choose.int(2, 5), choose.int(1, 3)];
  const whole = b.node('Cast', [b.node('Mul', [b.node('Sigmoid', [value]), float(b, rows - 0.01)])], { to: 7 });
  const taken = b.node('Gather', [b.tensor(rows, width), whole]);
  const column = b.node('Unsqueeze', [value, b.ints(-1)]);
  return { value: b.node('Mul', [taken, column]), shape: [...shape, width] };
};

/** Layers with tensors, and pooling. */
export const layers = [dense, attention, normalized, normalized, convolved, convolved, convolved, deconvolved, pooled, pooled, embedded]; // prettier-ignore
