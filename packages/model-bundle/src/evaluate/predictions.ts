import { outputSize } from '@fedward/core';
import type { Predictions, RecordGroups } from '@fedward/metrics-clinical';
import type { ModelBundle } from '../bundle.js';
import { classesOf } from '../predict/answers.js';
import { predictRows, type PredictRequest } from '../predict/predict-rows.js';
import { addRows, noCounts, type ScoredCounts } from '../predict/scored-counts.js';
import { Floats } from './floats.js';
import { GroupCodes, type GroupBy } from './groups.js';
import { PatientCodes } from './patient-codes.js';

/** What a model said of a labelled file, in little memory. */
export interface FilePredictions {
  readonly predictions: Predictions;
  readonly groups: readonly RecordGroups[];
  readonly rows: ScoredCounts;
}

/**
 * Predicts all labelled rows of a file. Of a row its outputs, its label and its groups are kept, and whose it is as a number.
 * @param by groups of records that are to be judged apart
 * @throws {FedwardError} as `predictRows`
 */
export async function predictFile(
  bundle: ModelBundle,
  request: Omit<PredictRequest, 'labelled' | 'onScored'>,
  { by = [], onRows }: { readonly by?: readonly GroupBy[]; readonly onRows?: (rows: number) => void } = {},
): Promise<FilePredictions> {
  const { manifest } = bundle;
  const width = outputSize(manifest.model);
  const outputs = new Floats();
  const labels = new Floats();
  const patients = new PatientCodes();
  const groups = by.map((group) => new GroupCodes(group, request.preprocessing.schema));
  const rows = noCounts();
  const whole: PredictRequest = {
    ...request,
    labelled: true,
    ...(groups.length > 0 && {
      onScored: (row) => {
        for (const group of groups) group.add(row);
      },
    }),
  };
  for await (const some of predictRows(bundle, whole)) {
    addRows(rows, some);
    outputs.add(some.outputs);
    labels.add(some.labels);
    if (some.patientIds) for (const position of some.scored) patients.add(some.patientIds[position]!);
    onRows?.(rows.read);
  }
  const patientIds = patients.ids();
  const classes = manifest.task === 'binary' || manifest.task === 'classes' ? classesOf(manifest) : undefined;
  return {
    predictions: {
      loss: manifest.model.loss,
      outputs: outputs.take(rows.scored * width),
      labels: labels.take(rows.scored),
      ...(patientIds && { patientIds }),
      ...(classes && { classes }),
    },
    groups: groups.map((group) => group.take()),
    rows,
  };
}
