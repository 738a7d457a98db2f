import { groupEpsilon } from '../group-epsilon.js';
import { calibrateNoiseMultiplier } from '../calibration.js';
import { dpSgdEvent } from '../events.js';
import { signalToNoise, type SignalToNoise } from './signal-to-noise.js';
import { checkStudy, type CheckedStudy, type Study } from './study.js';

/** Settings of DP-SGD for a study. */
export interface Proposal {
  readonly samplingProbability: number;
  readonly rounds: number;
  readonly stepsPerRound: number;
  /** Over the whole run. */
  readonly steps: number;
  /** Divisor of a step's sum: a constant of the plan. */
  readonly expectedBatchSize: number;
  readonly clipNorm: number;
  readonly noiseMultiplier: number;
  readonly optimizer: 'sgd';
  readonly learningRate: number;
}

/** Settings for a study, with what they cost. */
export interface ProposedStudy {
  readonly study: CheckedStudy;
  readonly proposal: Proposal;
  /** What the accountant says of it: at most the epsilon that was asked for. */
  readonly epsilon: number;
  /** Under `unit: record`, of all the records of the patient with the most; absent where nobody has two. */
  readonly patientEpsilon?: number;
  readonly signal: SignalToNoise;
}

/** Beyond so many units in a step time is spent for little: the noise relative to them is small by then. */
const largestBatch = 4096;

/** From 3 to 30 steps all serve about as well; fewer than 3 leave a threshold unlearned. */
const usualSteps = 10;

/** Of a model whose features have about the size of the constant that goes with its bias. */
const clipNorm = 1;

/** How far all steps together may go, in clip norms, where noise is no matter. */
const longestWay = 20;

/** How far noise alone may move the averaged model over all steps: the norm of its sum, over the clip norm. */
const mostDrift = 2;

/**
 * Settings with which DP-SGD can learn from few patients, as a start and without a look at data.
 *
 * - **Everybody in every step**, up to 4,096. The budget buys a total noise, q sqrt(steps) / z, whatever the three are
 *   (Sander, Stock and Sablayrolles 2023, TAN without a burn, abstract), as long as z is not small. A large batch keeps
 *   z large, and at q = 1 the price is exact (De et al. 2022, Unlocking high-accuracy differentially private image
 *   classification through scale; Ponomareva et al. 2023, How to DP-fy ML, section 5.4).
 * - **One step a round**, so that the hospitals' steps are averaged before the next one is taken.
 * - **Few steps**: their number hardly matters at a given way S = steps x learning rate x clip norm, since z grows with
 *   its square root.
 * - **Learning rate**: the noise of all steps has the norm S / signal-to-noise in the averaged model. S is the longest
 *   for which that is at most 2, and 20 at most.
 *
 * The constants (10 steps, 20, 2) are measured on the scenarios `tutorial` and `heart-disease`, see docs/using-privacy.md.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range; CALIBRATION_IMPOSSIBLE; EVENT_UNSUPPORTED where the
 * accountant can't price sampled steps
 */
export function proposeDpSgd(given: Study): ProposedStudy {
  const study = checkStudy(given);
  const { epsilon, delta, accountant, units, recordsPerPatient, unit } = study;
  const expectedBatchSize = Math.min(units, largestBatch);
  const samplingProbability = expectedBatchSize / units;
  const steps = study.rounds ?? usualSteps;
  const noiseMultiplier = calibrateNoiseMultiplier({ epsilon, delta, accountant, samplingProbability, steps });
  const event = { samplingProbability, noiseMultiplier, steps };
  const signal = signalToNoise({ ...study, ...event, expectedBatchSize });
  const way = Math.min(longestWay, mostDrift * signal.run);
  const priced = accountant('add-or-remove-one');
  return {
    study,
    proposal: {
      ...event,
      rounds: steps,
      stepsPerRound: 1,
      expectedBatchSize,
      clipNorm,
      optimizer: 'sgd',
      learningRate: Number((way / (steps * clipNorm)).toPrecision(2)),
    },
    epsilon: priced.preview(dpSgdEvent(event), delta),
    ...(unit === 'record' &&
      recordsPerPatient > 1 && { patientEpsilon: groupEpsilon({ ...event, delta, records: recordsPerPatient }) }),
    signal,
  };
}
