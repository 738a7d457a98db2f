import { Random, type TrainingPlan } from '@fedward/core';
import {
  crossValidated,
  estimateLabelNoise,
  readStudySchema,
  seededKey,
  type MedicalDataset,
} from '@fedward/data-medical';
import { initialParameters } from '@fedward/models-medical';
import { defaultPlugins } from '../plugins/catalogue.js';
import { InstalledPlugins } from '../plugins/installed.js';
import { buildPlan } from '../run/build-plan.js';
import { probabilitiesOf } from '../run/probabilities.js';
import { planAlone, trainAlone } from '../run/train-alone.js';
import { populationOf } from '../scenario/population.js';
import { study } from '../scenario/study/study.js';
import { pluginsOf } from '../wiring/plugins.js';
import { readSiteData } from './site-data.js';

/** What is asked of `findLabelDoubts`. */
export interface LabelDoubtsOptions {
  /** A study's schema (JSON), as `fedward data inspect --write` drafts it. */
  readonly schema: string;
  /** At least 2; default 5. */
  readonly folds?: number;
  /** Of folds, first weights and batches; default 42. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** A record whose label is doubted: a fact about a patient, for people at the site. */
export interface DoubtedRecord {
  /** Of the source, from 1 on. */
  readonly line: number;
  /** Where the schema names patient ids. */
  readonly patientId?: string;
}

/** What one site finds of its own labels. All of it hangs on patients and stays there. */
export interface LabelDoubts {
  readonly records: number;
  readonly classes: number;
  /** The name of the model that was trained, as `--model` has it. */
  readonly model: string;
  readonly folds: number;
  /** The part of labels that are estimated to be wrong, from 0 to 1. */
  readonly noiseRate: number;
  /** The part of records whose given class the model finds most probable, out of sample: what the estimate rests on. */
  readonly accuracy: number;
  /** The part that the most common class has: an accuracy no higher says that the estimate is worth nothing. */
  readonly majority: number;
  /** The most doubtful first. */
  readonly doubted: readonly DoubtedRecord[];
}

/**
 * Which labels of one site's own data look wrong, by confident learning (Northcutt, Jiang and Chuang 2021) from the
 * cross-validated probabilities of the model that a study of such data trains by default. Nothing leaves this process.
 * A small site's own model doubts more labels than are wrong (decision 096).
 *
 * @param file of the site's data, or a folder
 * @throws {FedwardError} as `readStudySchema`, `readSiteData` and `crossValidated`; UPDATE_NOT_FINITE; ABORTED
 */
export async function findLabelDoubts(
  file: string,
  { schema, folds = 5, seed = 42, signal = never }: LabelDoubtsOptions,
): Promise<LabelDoubts> {
  const { data, lines } = await readSiteData(file, await readStudySchema(schema));
  const classes = data.classes!.length;
  const { plan, model, trainer } = await planFor(data, seed);
  const initial = initialParameters(plan.model, new Random(seed).fork('initial'));
  const trainAndPredict = async (train: MedicalDataset, heldOut: MedicalDataset, fold: number) => {
    const clientId = `fold-${fold}`;
    const job = { plan, clientId, runId: 'label-doubts', data: train, initial, trainer };
    const { payload } = await trainAlone(job, signal);
    return probabilitiesOf(plan.model.loss, await trainer.predict(plan.model, payload, heldOut), classes);
  };
  const key = seededKey(new Random(seed).fork('folds'));
  const probabilities = await crossValidated(data, folds, trainAndPredict, key);
  const { noiseRate, suspicious } = estimateLabelNoise(data.labels, probabilities, classes);
  return {
    ...{ records: data.count, classes, model, folds, noiseRate },
    ...agreement(data.labels, probabilities, classes),
    doubted: suspicious.map(({ row }) => ({
      line: lines[row]!,
      ...(data.patientIds && { patientId: data.patientIds[row]! }),
    })),
  };
}

/** The study's own plan for such data, for one hospital alone. */
async function planFor(data: MedicalDataset, seed: number) {
  const hospital = { id: 'site', train: data, test: data };
  const about = { test: data, inputShape: data.featureShape, classes: data.classes!.length, label: 'class' as const };
  const population = populationOf([hospital], about);
  const options = { scenario: study.name, seed, privacy: 'none' };
  const installed = await InstalledPlugins.load([], options, defaultPlugins, null, null);
  const plan: TrainingPlan = planAlone(buildPlan(study, population, options, installed));
  const { trainer } = await pluginsOf(plan, installed);
  return { plan, trainer, model: study.defaults(null, undefined, population).model };
}

function agreement(labels: Float32Array, probabilities: Float64Array, classes: number) {
  const counts = new Float64Array(classes);
  let right = 0;
  labels.forEach((label, row) => {
    counts[label]!++;
    let best = 0;
    for (let j = 1; j < classes; j++)
      if (probabilities[row * classes + j]! > probabilities[row * classes + best]!) best = j;
    if (best === label) right++;
  });
  const most = counts.reduce((high, n) => Math.max(high, n), 0);
  return { accuracy: right / labels.length, majority: most / labels.length };
}

/** For callers that don't stop it. */
const never = new AbortController().signal;
