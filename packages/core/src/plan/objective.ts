import * as z from 'zod';
import { incompatible } from '../base/errors.js';
import { float32Schema } from '../base/float32.js';
import { outputSize } from '../model/shapes.js';
import type { ModelSpec } from '../model/spec.js';

const some = (value: object): boolean => Object.keys(value).length > 0;

/**
 * What changes the loss, for `softmax-cross-entropy` and `sigmoid-cross-entropy`. With p_k the probability that the model
 * gives class k of K (2 for the sigmoid), and y the label of an example, its loss l is one of
 * - the cross-entropy, -log p_y;
 * - with `labelSmoothing` e, in [0, 1): -sum_k t_k log p_k with t_k = (1 - e) [k = y] + e / K (Szegedy et al. 2016,
 *   section 7; for the sigmoid t = (1 - e) y + e / 2);
 * - with `generalizedCrossEntropy`: (1 - p_y^q) / q, q in (0, 1] (Zhang and Sabuncu 2018, eq. 6): the cross-entropy as q
 *   goes to 0, the absolute error at 1. Not beside label smoothing.
 *
 * `classWeights` w, one a class, each > 0: an example counts with w_y l. What a sum over a batch is divided by stays as it is
 * (its size, or the expected size), so that classes of mean weight 1 leave the length of a step as it was. A weight
 * scales a record's gradient before it is clipped.
 *
 * `keepSmallest`: of each batch only the R n records with the smallest l, rounded up, count; their mean takes the place of the
 * batch's. Weights of classes have no say in who is kept, the earlier of two equals is kept, and an l that is no number
 * always is, so that it is not hidden. In round t (from 0 on) R = 1 - (1 - fraction) min(t / warmUpRounds, 1) (Han et al. 2018,
 * algorithm 1 and section 4), without a warm-up `fraction` from the start. Who counts then hangs on who else is in the
 * batch: refused where records or patients are protected.
 */
export const objectiveSchema = z
  .strictObject({
    classWeights: z.array(float32Schema).min(2).max(1_000_000).readonly().optional(),
    labelSmoothing: z.number().min(0).lt(1).optional(),
    generalizedCrossEntropy: z.strictObject({ q: z.number().min(1e-6).max(1) }).optional(),
    keepSmallest: z
      .strictObject({
        fraction: z.number().min(1e-6).max(1),
        warmUpRounds: z.int().min(1).max(100_000).optional(),
      })
      .optional(),
  })
  .refine(some, 'names nothing that changes the loss: leave it out')
  .refine(
    ({ labelSmoothing, generalizedCrossEntropy }) =>
      labelSmoothing === undefined || generalizedCrossEntropy === undefined,
    {
      path: ['labelSmoothing'],
      message: 'label smoothing and generalized cross-entropy each take the place of the cross-entropy: name one',
    },
  );

/**
 * What is done to each example of a batch before it passes the model, while training alone, drawn for each example and step.
 * For images [height, width, channels]; for signals [width, channels] `shift` and `contrast` alone.
 * - `flip: horizontal`: mirrored, with probability 1/2;
 * - `rotate` r, in degrees: turned about its middle by an angle in [-r, r], by bilinear interpolation;
 * - `shift` s: moved by whole pixels (samples of a signal), in each direction from -s to s;
 * - `contrast` c: each channel x becomes m + f (x - m) with m its mean over the example and f in [1 - c, 1 + c].
 * All are uniform, in this order; what comes in from outside repeats the nearest value of the edge. Under differential
 * privacy each record is changed by itself, so that clipping bounds it as before, and what is drawn is as secret as
 * the masks of dropout.
 */
export const augmentationSchema = z
  .strictObject({
    flip: z.literal('horizontal').optional(),
    shift: z.int().min(1).max(10_000).optional(),
    rotate: z.number().gt(0).max(180).optional(),
    contrast: z.number().gt(0).max(1).optional(),
  })
  .refine(some, 'names no augmentation: leave it out');

/**
 * Tensors that are not trained, by name (`0.dense.kernel`), by a pattern (`0.graph.layer1.*`), or all those of a layer, by its
 * position (0). They are as they came, to the bit: their gradient is 0 in clipping, and they get no noise. Refused beside a mechanism that adds noise
 * to updates as a whole, by which they would move.
 */
export const frozenSchema = z
  .array(z.union([z.string().min(1).max(1000), z.int().min(0).max(1_000_000)]))
  .min(1)
  .max(100_000)
  .readonly();

/** What changes the loss; see `objectiveSchema`. */
export type ObjectiveSpec = z.output<typeof objectiveSchema>;
/** What is done to examples while training; see `augmentationSchema`. */
export type AugmentationSpec = z.output<typeof augmentationSchema>;
/** Names of tensors and positions of layers; see `frozenSchema`. */
export type FrozenSpec = z.output<typeof frozenSchema>;

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the key: for an objective of another loss than cross-entropy, for class
 *   weights of another number than the classes, for an augmentation that the shape of the examples has no meaning for
 */
export function assertObjectiveFits(
  model: ModelSpec,
  {
    objective,
    augmentation,
  }: { readonly objective?: ObjectiveSpec | undefined; readonly augmentation?: AugmentationSpec | undefined },
): void {
  if (objective) assertLossFits(model, objective);
  if (!augmentation) return;
  const rank = model.inputShape.length;
  const sound: readonly (keyof AugmentationSpec)[] =
    rank === 3 ? ['flip', 'shift', 'rotate', 'contrast'] : rank === 2 ? ['shift', 'contrast'] : [];
  const wrong = (Object.keys(augmentation) as (keyof AugmentationSpec)[]).find((name) => !sound.includes(name));
  if (wrong === undefined) return;
  const key = `training.augmentation.${wrong}`;
  const shape = model.inputShape.join(', ');
  throw incompatible(`${key} has no meaning for examples of shape [${shape}]`, key);
}

function assertLossFits(model: ModelSpec, objective: ObjectiveSpec): void {
  const { loss } = model;
  const [first] = Object.keys(objective);
  if (loss !== 'softmax-cross-entropy' && loss !== 'sigmoid-cross-entropy')
    throw incompatible(
      `training.objective.${first} is for softmax-cross-entropy and sigmoid-cross-entropy, model.loss is ${loss}`,
      'training.objective',
    );
  const { classWeights } = objective;
  const classes = loss === 'sigmoid-cross-entropy' ? 2 : outputSize(model);
  if (classWeights && classWeights.length !== classes)
    throw incompatible(
      `training.objective.classWeights has ${classWeights.length} weights for ${classes} classes`,
      'training.objective.classWeights',
    );
}
