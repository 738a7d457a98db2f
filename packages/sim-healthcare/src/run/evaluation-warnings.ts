import type { Evaluation, Figure, PredictionTask, SubgroupEvaluation } from '@fedward/metrics-clinical';
import { figureText, intervalText } from '../report/figures-text.js';
import type { HospitalResult, SimulationResult } from './result.js';
import type { ResultWarning } from './warnings.js';

/** Van Calster et al. 2016 (J. Clin. Epidemiol. 74:167): below, calibration can't be judged. */
const fewEvents = 100;
/** Half of an interval of an AUROC above which it tells little. */
const wide = 0.1;
/** Comparisons of subgroups from which on some differ by chance alone. */
const many = 5;

/** By which figure a model is compared, by what it is asked for: the first comes first, subgroups go by it alone. */
interface Compared {
  readonly name: string;
  readonly label: string;
  readonly moreIsBetter: boolean;
}
const comparedBy: Readonly<Record<PredictionTask, readonly Compared[]>> = {
  binary: [
    { name: 'auroc', label: 'AUROC', moreIsBetter: true },
    { name: 'accuracy', label: 'accuracy', moreIsBetter: true },
  ],
  classes: [{ name: 'accuracy', label: 'accuracy', moreIsBetter: true }],
  value: [{ name: 'mae', label: 'mean absolute error', moreIsBetter: false }],
  survival: [{ name: 'cIndex', label: 'C-index', moreIsBetter: true }],
};

/** What the figures say that a reader may not see: of calibration, of chance, of hospitals and groups that fare worse. */
export function aboutEvaluation(
  { evaluation, subgroups = [] }: Pick<SimulationResult['final'], 'evaluation' | 'subgroups'>,
  hospitals: readonly Pick<HospitalResult, 'id' | 'gain'>[],
): ResultWarning[] {
  if (!evaluation) return [];
  return [
    ...(evaluation.task === 'binary' ? [...aboutEvents(evaluation), ...aboutCalibration(evaluation)] : []),
    ...aboutWidth(evaluation),
    ...aboutAlone(evaluation, hospitals),
    ...aboutGaps(evaluation, subgroups),
  ];
}

function aboutEvents({ records, events }: Evaluation): ResultWarning[] {
  if (events === undefined) return [];
  const rarer = Math.min(events, records - events);
  if (rarer >= fewEvents || rarer === 0) return [];
  const message =
    `The rarer of the two outcomes stands in ${rarer} records of the pooled test part: with fewer than ${fewEvents} its calibration ` +
    'can hardly be judged.';
  return [{ code: 'FEW_EVENTS', message }];
}

/** A slope of 1 and a mean of 0 are right. */
function aboutCalibration({ figures }: Evaluation): ResultWarning[] {
  const { calibrationSlope: slope, calibrationInTheLarge: mean } = figures;
  const wrong = [
    ...(slope && excludes(slope, 1)
      ? [
          `its slope is ${figureText(slope)}, where 1 is right: probabilities are ` +
            (slope.value! < 1 ? 'too extreme' : 'too close to each other'),
        ]
      : []),
    ...(mean && excludes(mean, 0)
      ? [
          `in the large it is off by ${figureText(mean)}, where 0 is right: probabilities are too ${mean.value! > 0 ? 'low' : 'high'} on the ` +
            'whole (in log-odds)',
        ]
      : []),
  ];
  if (wrong.length === 0) return [];
  const message = `Calibration is off on the pooled test part: ${wrong.join('; ')}. Recalibrate before a probability is acted on.`;
  return [{ code: 'CALIBRATION_OFF', message }];
}

function aboutWidth({ figures, patients }: Evaluation): ResultWarning[] {
  const { auroc } = figures;
  if (!auroc?.interval) return [];
  const [low, high] = auroc.interval;
  if ((high - low) / 2 <= wide) return [];
  const message = `The AUROC lies anywhere ${intervalText(auroc.interval)}: ${patients} test patients tell no more.`;
  return [{ code: 'WIDE_INTERVAL', message }];
}

/** Hospitals that a model of their own serves better: clearly, each by itself; perhaps, in one sentence. */
function aboutAlone({ task }: Evaluation, hospitals: readonly Pick<HospitalResult, 'id' | 'gain'>[]): ResultWarning[] {
  const losses = hospitals.flatMap(({ id, gain }) => {
    const worse = comparedBy[task].flatMap(({ name, label, moreIsBetter }) => {
      const figure = gain?.[name];
      if (!figure || figure.value === null || !(moreIsBetter ? figure.value < 0 : figure.value > 0)) return [];
      return [{ id, label, figure, clearly: excludes(figure, 0) }];
    });
    const told = worse.find(({ clearly }) => clearly) ?? worse[0];
    return told ? [told] : [];
  });
  const clear = losses.filter(({ clearly }) => clearly);
  const perhaps = losses.filter(({ clearly }) => !clearly);
  const told = ({ id, label, figure }: (typeof losses)[number]) => `${id} (${label} ${figureText(figure, true)})`;
  const chance = perhaps.every(({ figure }) => figure.interval !== null)
    ? 'by no more than chance may do'
    : 'and whether by chance is not known';
  return [
    ...clear.map(({ id, label, figure }): ResultWarning => {
      const message =
        `${id} is worse off with the global model than with one trained on its own data alone: ${label} ` +
        `${figureText(figure, true)}.`;
      return { code: 'WORSE_THAN_ALONE', hospital: id, message };
    }),
    ...(perhaps.length > 0
      ? [
          {
            code: 'PERHAPS_WORSE_THAN_ALONE' as const,
            message: `Trained alone, ${perhaps.map(told).join(', ')} did better than with the global model, ${chance}.`,
          },
        ]
      : []),
  ];
}

function aboutGaps({ task }: Evaluation, subgroups: readonly SubgroupEvaluation[]): ResultWarning[] {
  const [{ name, label, moreIsBetter }] = comparedBy[task] as [Compared];
  const worse = subgroups.filter(({ gaps }) => {
    const gap = gaps[name];
    return gap && excludes(gap, 0) && (moreIsBetter ? gap.value! < 0 : gap.value! > 0);
  });
  if (worse.length === 0) return [];
  const told = worse.map(({ group, level, gaps }) => `${group} ${level} (${label} ${figureText(gaps[name]!, true)})`);
  const chance =
    subgroups.length >= many
      ? ` ${subgroups.length} groups were compared, of which one in twenty differs by chance alone.`
      : '';
  const message = `The model serves some patients worse than all others of the pooled test part: ${told.join(', ')}.${chance}`;
  return [{ code: 'SUBGROUP_GAP', message }];
}

function excludes({ value, interval }: Figure, right: number): boolean {
  return value !== null && interval !== null && (interval[0] > right || interval[1] < right);
}
