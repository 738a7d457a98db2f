import type { Curves, EvaluationOptions, Figure, Figures, Predictions } from '../evaluation/evaluation.js';
import { figureOf, undefinedFigure, type Scale } from '../influence/figure.js';
import { patientsOf, type Patients } from '../influence/influence.js';
import { meanLoss } from '../loss.js';
import { aurocAt, brierLosses, integrated, remainingAtEvents, type WithInfluences } from './at-times.js';
import { survivalProbabilities } from './baseline.js';
import { harrellC, unoC } from './c-index.js';
import { observedOverExpected, survivalCalibration } from './calibration.js';
import { censoringOf, type KaplanMeier } from './kaplan-meier.js';

/** Equal steps that the integrated Brier score is summed over. */
const brierSteps = 50;

const noHorizon = 'no horizon was declared';
const noBaseline = 'there is no baseline hazard: it has to be learned from training parts';

/**
 * What is said of a survival model: `cIndex` (Harrell) and `unoC` (its pairs from the horizon on left out), and at the
 * horizon `aurocAtHorizon`, `brierAtHorizon`, `integratedBrier` (from 0 to the horizon, in 50 equal steps) and
 * `calibrationAtHorizon` (events observed by Kaplan and Meier, over those expected); `loss` as `meanLoss`.
 *
 * Censoring is learned from `options.trainingLabels` where they are given, else from these records. Intervals are Wald's
 * from the influences of patients (see `influence`), on the logit scale for what lies in [0, 1] and on the log scale for
 * observed over expected; they take censoring, the baseline and the model as known.
 *
 * @throws {FedwardError} as `survivalMetrics`
 */
export function survivalFigures(
  { outputs, labels, patientIds }: Predictions,
  { horizon: declared, baseline, trainingLabels, curves = true }: EvaluationOptions,
): { figures: Figures; curves?: Curves; events: number } {
  // Labels are float32: a time of 0.1 among them is at the horizon 0.1, not after it.
  const horizon = declared === undefined ? undefined : Math.fround(declared);
  const loss = meanLoss('cox', outputs, labels);
  const patients = patientsOf(labels.length, patientIds);
  const censoring = censoringOf(trainingLabels ?? labels);
  const told = (found: WithInfluences | undefined, scale: Scale, because: string): Figure =>
    found ? figureOf(found.value, found.influences, patients, scale) : undefinedFigure(because);
  const noPair = 'no two records are known to have had their events one after the other';

  const figures: Record<string, Figure> = {
    cIndex: told(harrellC(outputs, labels), 'logit', noPair),
    unoC: told(unoC(outputs, labels, { censoring, tau: horizon }), 'logit', `${noPair}, or all were censored before`),
    aurocAtHorizon:
      horizon === undefined
        ? undefinedFigure(noHorizon)
        : told(
            aurocAt(outputs, labels, horizon, censoring),
            'logit',
            'nobody had an event until then, or nobody outlived it',
          ),
  };
  const missing = horizon === undefined ? noHorizon : baseline === undefined ? noBaseline : undefined;
  let reliability: Curves['reliability'];
  if (horizon === undefined || baseline === undefined)
    for (const name of ['brierAtHorizon', 'integratedBrier', 'calibrationAtHorizon'])
      figures[name] = undefinedFigure(missing!);
  else {
    const survivalAtTime = (time: number) => survivalProbabilities(baseline, outputs, time);
    const risks = survivalAtTime(horizon).map((survival) => 1 - survival);
    figures['brierAtHorizon'] = brierFigure(brierLosses(survivalAtTime(horizon), labels, horizon, censoring), patients);
    figures['integratedBrier'] = brierFigure(integratedLosses(survivalAtTime, labels, horizon, censoring), patients);
    figures['calibrationAtHorizon'] = told(
      observedOverExpected(risks, labels, horizon),
      'log',
      'nobody was followed for so long, or nobody had an event, or everybody had',
    );
    if (curves) reliability = survivalCalibration(risks, labels, horizon);
  }
  figures['loss'] = { value: loss, interval: null, because: 'a partial likelihood is of all records together' };
  const events = labels.reduce((sum, time) => sum + Number(time > 0), 0);
  return { figures, ...(reliability && reliability.length > 0 && { curves: { reliability } }), events };
}

/** Each record's Brier loss over the time from 0, at which it is 0, to the horizon. */
function integratedLosses(
  survivalAtTime: (time: number) => Float64Array,
  labels: Float32Array,
  horizon: number,
  censoring: KaplanMeier,
): Float64Array | undefined {
  const times = Array.from({ length: brierSteps + 1 }, (_, k) => (k * horizon) / brierSteps);
  const losses: Float64Array[] = [new Float64Array(labels.length)];
  const atEvents = remainingAtEvents(labels, censoring);
  for (const time of times.slice(1)) {
    const here = brierLosses(survivalAtTime(time), labels, time, censoring, atEvents);
    if (!here) return undefined;
    losses.push(here);
  }
  const column = new Array<number>(times.length);
  return Float64Array.from(labels, (_, i) => {
    losses.forEach((here, k) => (column[k] = here[i]!));
    return integrated(times, column);
  });
}

function brierFigure(losses: Float64Array | undefined, patients: Patients): Figure {
  if (!losses) return undefinedFigure('all were censored before the horizon');
  const value = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const influences = losses.map((loss) => (loss - value) / losses.length);
  return figureOf(value, influences, patients, 'logit');
}
