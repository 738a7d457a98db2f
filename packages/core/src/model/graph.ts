import * as z from 'zod';

const positive = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
/** Of values, nodes and tensors, as whoever made the network called them. */
const name = z.string().min(1).max(500);
const finite = z.number();
const attribute = z.union([finite, z.string().max(1000), z.array(finite).max(10_000).readonly()]);

// Numbers that JSON has no words for.
const unusual = z.enum(['NaN', 'Infinity', '-Infinity']);

/**
 * How first values are drawn where none are given: all 0, all 1, uniform in [-bound, bound), or normal with mean 0 and this
 * standard deviation.
 */
const initial = z.union([
  z.literal('zeros'),
  z.literal('ones'),
  z.strictObject({ uniform: z.number().positive() }),
  z.strictObject({ normal: z.number().positive() }),
]);

/**
 * A network of any form as one layer: a graph of ONNX operators (opset 13 and later), as data. Only operators with a known
 * gradient can be trained, by a trainer that knows graphs; others refuse it by name.
 *
 * `nodes` stand in an order in which each comes after what it takes. Each value is given once: by `input`, a constant, a
 * tensor, or a node. A node's input of the empty text is one that is left out. Whole numbers and others are told apart by
 * what the operator's definition says of the attribute.
 */
export const graphLayerSchema = z.strictObject({
  type: z.literal('graph'),
  /** Version of ONNX's operators. */
  opset: z.int().min(13).max(25),
  /** The value that takes the examples: [N, ...shape before the layer], float32, channels last where the data have them last. */
  input: name,
  /** The value that the layer gives: [N, ...outputShape], float32. */
  output: name,
  /** Of one example. */
  outputShape: z.array(positive).min(1).max(4).readonly(),
  nodes: z
    .array(
      z.strictObject({
        op: z.string().min(1).max(100),
        inputs: z.array(z.string().max(500)).max(1000).readonly(),
        outputs: z.array(z.string().max(500)).min(1).max(100).readonly(),
        attributes: z.record(name, attribute).optional(),
      }),
    )
    .min(1)
    .max(20_000)
    .readonly(),
  /** What is neither computed nor trained: shapes, axes, small tables. */
  constants: z
    .array(
      z.strictObject({
        name,
        type: z.enum(['float32', 'float64', 'int32', 'int64', 'bool']),
        shape: z.array(z.int().min(0).max(100_000)).max(8).readonly(),
        /** Row-major. */
        values: z
          .array(z.union([finite, unusual]))
          .max(100_000)
          .readonly(),
      }),
    )
    .max(20_000)
    .readonly()
    .default([]),
  /** What is trained, or kept frozen, float32: tensors of the model's layout, there named `<position of the layer>.graph.<name>`. */
  tensors: z
    .array(z.strictObject({ name, shape: z.array(positive).max(8).readonly(), initial: initial.optional() }))
    .max(20_000)
    .refine((tensors) => new Set(tensors.map((tensor) => tensor.name)).size === tensors.length, 'two have one name')
    .readonly(),
  /** The file that it was read from. */
  source: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
});

/** See `graphLayerSchema`. */
export type GraphLayer = z.output<typeof graphLayerSchema>;
