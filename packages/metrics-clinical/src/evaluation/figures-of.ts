import { assertThat } from '@fedward/core';
import { patientsOf } from '../influence/influence.js';
import type { NoteInfluences } from '../influence/note.js';
import { assertOutputs, logOdds } from '../outputs.js';
import { valueFigures } from '../regression/figures.js';
import { survivalFigures } from '../survival/figures.js';
import { binaryFigures } from './binary.js';
import { classFigures } from './classes.js';
import type { Evaluation, EvaluationOptions, Predictions, PredictionTask } from './evaluation.js';

/** What of an evaluation is made of the predictions. */
export type Made = Pick<Evaluation, 'figures' | 'events' | 'curves' | 'confusion' | 'byClass'>;

/**
 * The figures of a model on records.
 * @param note told the influences of those that have them
 * @throws {FedwardError} as `assertOutputs`; ARGUMENT_INVALID for a threshold, a prevalence or an operating point that is none
 */
export function figuresOf(predictions: Predictions, options: EvaluationOptions, note?: NoteInfluences): Made {
  const { loss, outputs, labels, patientIds, classes } = predictions;
  const { width } = assertOutputs(loss, outputs, labels);
  for (const key of ['threshold', 'prevalence', 'operatingPoint'] as const) {
    const value = options[key];
    assertThat(value === undefined || (value > 0 && value < 1), key, `${key} ${value} is not between 0 and 1`);
  }
  const patients = patientsOf(labels.length, patientIds);
  switch (taskOf(predictions)) {
    case 'value':
      return valueFigures(predictions, options, note);
    case 'survival':
      return survivalFigures(predictions, options, note);
    case 'classes': {
      const names = classes ?? Array.from({ length: width }, (_, c) => String(c));
      return classFigures({ outputs, labels, patients, classes: names }, options, note);
    }
    case 'binary':
      return binaryFigures({ logits: logOdds(outputs, width as 1 | 2), labels, patients, classes }, options, note);
  }
}

/** What is asked of a model, by its loss and the width of its outputs. */
export function taskOf({ loss, outputs, labels }: Pick<Predictions, 'loss' | 'outputs' | 'labels'>): PredictionTask {
  if (loss === 'squared-error') return 'value';
  if (loss === 'cox') return 'survival';
  return outputs.length > 2 * labels.length ? 'classes' : 'binary';
}
