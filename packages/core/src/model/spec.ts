import * as z from 'zod';
import { float32Schema } from '../base/float32.js';
import { graphLayerSchema } from './graph.js';

/** The most that trainers count with, which is 32 bits. */
const positive = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
/** Networks of hundreds of layers are trained; of thousands none. */
export const mostLayers = 1000;
const kernel1d = { kernelSize: positive, stride: positive.default(1) };
const kernel2d = {
  kernelSize: z.tuple([positive, positive]).readonly(),
  stride: z.tuple([positive, positive]).readonly().default([1, 1]),
};
const padding = z.enum(['valid', 'same']).default('valid');
const bias = z.boolean().default(true);

const isFloat32 = (value: number): boolean => Math.fround(value) !== 0 && Number.isFinite(Math.fround(value));

/**
 * One layer. Tensors are channels-last: [features], [width, channels] or [height, width, channels]; kernels are
 * [in, out], [width, in, out] or [height, width, in, out].
 */
export const layerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('dense'), units: positive, bias }),
  z.strictObject({ type: z.literal('conv1d'), filters: positive, ...kernel1d, padding, bias }),
  z.strictObject({ type: z.literal('conv2d'), filters: positive, ...kernel2d, padding, bias }),
  z.strictObject({ type: z.literal('max-pool1d'), ...kernel1d }),
  z.strictObject({ type: z.literal('average-pool1d'), ...kernel1d }),
  z.strictObject({ type: z.literal('max-pool2d'), ...kernel2d }),
  z.strictObject({ type: z.literal('average-pool2d'), ...kernel2d }),
  z.strictObject({ type: z.literal('flatten') }),
  /** Each value times a constant, a public one: features in units of another size. */
  z.strictObject({ type: z.literal('scale'), factor: z.number().refine(isFloat32) }),
  z.strictObject({ type: z.literal('activation'), function: z.enum(['relu', 'tanh', 'sigmoid', 'elu']) }),
  /** Inverted dropout: kept values are divided by 1 - rate while training, nothing happens otherwise. */
  z.strictObject({
    type: z.literal('dropout'),
    rate: z
      .number()
      .min(0)
      .max(1 - 2 ** -24),
  }),
  /** Wu and He 2018: each example's channels in groups, normalised over the group and all positions. */
  z.strictObject({
    type: z.literal('group-norm'),
    groups: positive,
    epsilon: float32Schema.default(1e-5),
  }),
  graphLayerSchema,
]);

/**
 * `softmax-cross-entropy`: one output a class, labels are class numbers. `sigmoid-cross-entropy`: one output,
 * labels 0 or 1. `squared-error`: half the squared difference. `cox`: one output, the log hazard s; a label is the
 * time T of the event, or minus the time at which the record was censored (as XGBoost's `survival:cox`), never 0;
 * a record with an event costs log sum_{j: |T_j| >= T_i} exp s_j - s_i over the batch (Cox 1972, eq. 12; ties by
 * Breslow 1974), a censored one 0. All are means over the batch.
 */
export const lossSchema = z.enum(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-error', 'cox']);

/** A model as data: what travels in a plan instead of code. The last layer gives logits or values. */
export const modelSpecSchema = z.strictObject({
  /** The shape of one example: [features], [width, channels], [height, width, channels] or, for graphs, any of four dimensions. */
  inputShape: z.array(positive).min(1).max(4).readonly(),
  layers: z.array(layerSchema).min(1).max(mostLayers).readonly(),
  loss: lossSchema,
});

/** One layer, its defaults filled in; see `layerSchema`. */
export type LayerSpec = z.output<typeof layerSchema>;
/** What training makes small; see `lossSchema`. */
export type LossName = z.output<typeof lossSchema>;
/** A model as data, its defaults filled in; see `modelSpecSchema`. */
export type ModelSpec = z.output<typeof modelSpecSchema>;
/** A spec as a person writes it: defaults left out. */
export type ModelSpecInput = z.input<typeof modelSpecSchema>;
