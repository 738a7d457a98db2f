import { assertInteger, assertThat, type LossName } from '@fedward/core';

/** What a label is: the number of a class, a value, or the time of an event or of the end of follow-up. */
export type LabelKind = 'class' | 'value' | 'time-to-event';

/** What a data set says of itself to a model. */
export interface ModelOptions {
  /** Shape of one example: [features], [width, channels] or [height, width, channels]. */
  readonly inputShape: readonly number[];
  /** Number of classes, >= 2; 1 where there are none. */
  readonly classes: number;
  /** Default: `class` for two or more classes, else `value`. */
  readonly label?: LabelKind;
}

/** What a model ends in: the number of its outputs, and the loss that they are trained by. */
export interface Head {
  readonly outputs: number;
  readonly loss: LossName;
}

/**
 * The outputs and the loss that a label needs: for classes an output each under softmax cross-entropy, for a value one
 * under squared error, for a time to an event one, the log hazard, under Cox's partial likelihood.
 *
 * @throws {FedwardError} ARGUMENT_INVALID, subject `classes`, for classes where the label has none, and the other way round
 */
export function headOf({ classes, label }: Pick<ModelOptions, 'classes' | 'label'>): Head {
  assertInteger('classes', classes, 1);
  const kind = label ?? (classes === 1 ? 'value' : 'class');
  if (kind === 'class') {
    assertThat(classes >= 2, 'classes', 'a label that is a class has two classes or more, got 1');
    return { outputs: classes, loss: 'softmax-cross-entropy' };
  }
  assertThat(classes === 1, 'classes', `a label that is a ${kind} has no classes, got ${classes}`);
  return { outputs: 1, loss: kind === 'value' ? 'squared-error' : 'cox' };
}

/**
 * Refuses a label of another kind than the one that a model is for.
 * @returns true
 * @throws {FedwardError} ARGUMENT_INVALID, subject `classes`
 */
export function onlyFor(model: string, wanted: LabelKind, { classes, label }: ModelOptions): true {
  const kind = label ?? (classes === 1 ? 'value' : 'class');
  assertThat(
    kind === wanted,
    'classes',
    `the model ${model} is for a label that is a ${wanted}, this one is a ${kind}`,
  );
  headOf({ classes, label: kind });
  return true;
}
