import { FedwardError } from '@fedward/core';
import type { Preprocessing } from '@fedward/data-medical';
import {
  preprocessingIn,
  preprocessingOf,
  readBundle,
  type BundleManifest,
  type PredictRequest,
  type ReadBundle,
} from '@fedward/model-bundle';
import { predictorOf, ruleOf, trainedOn, type TrainedOn } from '@fedward/sim-healthcare';
import { note } from '../terminal/output.js';

/** Of `model predict` and `model evaluate`. */
export interface OwnerFlags {
  readonly hospital?: string;
  readonly asNewHospital?: boolean;
  readonly part?: 'test' | 'train';
  readonly json?: boolean;
}

/** A model and a file, ready to be predicted. */
export interface OpenedModel {
  readonly bundle: ReadBundle;
  readonly request: Pick<PredictRequest, 'path' | 'preprocessing' | 'trainer' | 'part'>;
  /** Where the run's folder says that the model was trained on this file. */
  readonly known: TrainedOn | undefined;
  /** What to know of this file, in sentences. */
  readonly notices: readonly string[];
}

/** @throws {FedwardError} what is wrong with the model, the file or the options */
export async function openModel(path: string, file: string, flags: OwnerFlags): Promise<OpenedModel> {
  const { hospital, asNewHospital = false, part } = flags;
  if (hospital !== undefined && asNewHospital)
    throw new FedwardError('CONFIG_INVALID', '--hospital and --as-new-hospital: it is one or the other', '--hospital');
  const bundle = await readBundle(path);
  const known = bundle.run === undefined ? undefined : await trainedOn(bundle.run, file);
  const rule = part && ruleOf(known, file);
  const owner = hospital ?? (asNewHospital ? undefined : known?.hospital);
  const manifest = await withNumbersOfItsFolder(bundle);
  const preprocessing = await preprocessingOf(manifest, {
    hospital: owner,
    ...(asNewHospital && { asNewHospital: file }),
  });
  const trainer = await predictorOf(bundle.manifest.model, bundle.weights);
  return {
    ...{ bundle, known },
    request: { path: file, preprocessing, trainer, ...(rule && { part: { testing: part === 'test', rule } }) },
    notices: noticesOf(bundle, preprocessing, known, flags),
  };
}

/** Of a bundle that leaves out what hospitals fitted, the folder of its run still has it: for use here, not to be handed on. */
async function withNumbersOfItsFolder({ manifest, run }: ReadBundle): Promise<BundleManifest> {
  const own = manifest.preprocessing?.unfitted && run !== undefined ? await preprocessingIn(run) : undefined;
  return own ? { ...manifest, preprocessing: own } : manifest;
}

function noticesOf(
  { manifest }: ReadBundle,
  { fittedOn }: Preprocessing,
  known: TrainedOn | undefined,
  { asNewHospital, part, hospital }: OwnerFlags,
): string[] {
  const { preprocessing } = manifest;
  const each = preprocessing !== null && preprocessing.all === null;
  return [
    ...(each && asNewHospital
      ? ['Scales and what is filled in were fitted to the rows of this file, as a hospital does that took no part.']
      : []),
    ...(!each && (asNewHospital || hospital !== undefined)
      ? ['The preprocessing of this model is the same at all hospitals: nothing was fitted to this file.']
      : []),
    ...(preprocessing === null ? ['Nothing says how records are prepared: columns are taken as they are.'] : []),
    ...(fittedOn === 'site' && known?.hospital !== undefined && !asNewHospital && hospital === undefined
      ? [`The preprocessing is that of ${known.hospital}, whose file this is.`]
      : []),
    ...(known && part === undefined ? [trainedWords(known)] : []),
    ...(known && part === 'train'
      ? ['These rows are what the model was TRAINED ON: figures on them are optimistic.']
      : []),
  ];
}

/** Said loudly. */
export function trainedWords({ hospital, same, rule }: TrainedOn): string {
  const whose = hospital === undefined ? '' : ` (hospital ${hospital})`;
  return (
    `WARNING: the model was TRAINED ON rows of this file${whose}` +
    `${same === 'rows' ? ', which has the same rows as one of the run' : ''}: what it says of them is better than it will be of ` +
    `new patients.${rule ? ' --part test takes only the rows that it was not trained on.' : ''}`
  );
}

/** On stderr, before the work. */
export function sayNotices({ notices }: OpenedModel): void {
  for (const notice of notices) note(notice);
}
