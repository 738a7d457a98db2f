import { FedwardError, outputSize } from '@fedward/core';
import type { Preprocessing } from '@fedward/data-medical';
import { featuresOf, isArray } from '@fedward/kit-tables';
import type { BundleManifest } from '../manifest.js';

/**
 * Whether the parts of a manifest fit together: each by itself may be right, and a scale too few would still shift every
 * prediction without a word.
 *
 * @throws {FedwardError} FILE_INVALID naming what does not fit
 */
export function assertConsistent(manifest: BundleManifest, file: string): void {
  const wrong = faultOf(manifest);
  if (wrong !== undefined) throw new FedwardError('FILE_INVALID', `${file}: ${wrong}`, file);
}

function faultOf(manifest: BundleManifest): string | undefined {
  const { model, task, label, baseline, preprocessing } = manifest;
  const outputs = outputSize(model);
  const expected =
    model.loss === 'squared-error' ? 'value' : model.loss === 'cox' ? 'survival' : outputs > 2 ? 'classes' : 'binary';
  if (task !== expected) return `its model is one of ${expected}, and its manifest says ${task}`;
  const classes = task === 'binary' ? 2 : outputs;
  if (label.classes && (task === 'binary' || task === 'classes') && label.classes.length !== classes)
    return `it names ${label.classes.length} classes, and its model tells ${classes}`;
  if (baseline && !isStepFunction(baseline)) return 'its baseline hazard is no function of ascending times';
  const all = [preprocessing?.all, ...Object.values(preprocessing?.hospitals ?? {}), preprocessing?.unfitted];
  for (const own of all) {
    const wrong = own ? misfit(own, model.inputShape) : undefined;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function isStepFunction({ times, cumulative }: NonNullable<BundleManifest['baseline']>): boolean {
  const ascends = (values: readonly number[], strictly: boolean): boolean =>
    values.every((value, i) => i === 0 || value > values[i - 1]! || (!strictly && value === values[i - 1]));
  return times.length === cumulative.length && ascends(times, true) && ascends(cumulative, false);
}

/** Of tables of features: an array is not scaled number by number. */
function misfit({ schema, scalings, features }: Preprocessing, inputShape: readonly number[]): string | undefined {
  if (schema.columns.some(isArray)) return undefined;
  const { length } = featuresOf(schema.columns);
  if (scalings.length !== length) return `its preprocessing scales ${scalings.length} features, and makes ${length}`;
  if (features?.some((position, i) => position >= length || (i > 0 && position <= features[i - 1]!)))
    return 'its preprocessing keeps features that it does not make';
  const kept = features?.length ?? length;
  const inputs = inputShape.reduce((product, n) => product * n, 1);
  return kept === inputs ? undefined : `its preprocessing makes ${kept} features, and its model takes ${inputs}`;
}
