import { describeMetrics } from '../report/shown-metrics.js';
import { counted } from '../report/counted.js';
import { textBlock, warningBlock, type CardBlock, type CardSection } from './card.js';
import { figureLabel, figureRows, figureText, mainFigure } from './figure-text.js';
import { isSmall, isUnpaid, toldCount, type CardSource } from './study.js';

/** Whom it was looked at for: hospitals and subgroups. */
export function factors(source: CardSource): CardSection {
  const { result, manifest } = source;
  const { subgroups = [] } = result.final;
  const hospitals: CardBlock = textBlock(
    `Trained at ${counted(result.population.hospitals, 'hospital')}; the metrics below are by hospital where there is a table of them.`,
  );
  if (subgroups.length > 0 && isUnpaid(source)) return { heading: 'Factors', blocks: [hospitals, notPaidFor()] };
  if (subgroups.length === 0 || manifest.evaluation === null)
    return {
      heading: 'Factors',
      blocks: [
        hospitals,
        warningBlock(
          'No subgroup was evaluated: whether it is as good for women as for men, or at any age, is not known.',
        ),
      ],
    };
  const main = mainFigure(manifest.evaluation.figures);
  const of = (figures: (typeof subgroups)[number]['gaps']): string =>
    main !== undefined && figures[main] ? figureText(figures[main]) : '-';
  return {
    heading: 'Factors',
    blocks: [
      hospitals,
      {
        kind: 'table',
        caption: `Subgroups of the pooled test part${main === undefined ? '' : `: ${figureLabel(main)}`}`,
        head: ['subgroup', 'patients', 'value', 'minus all others'],
        rows: subgroups.map(({ group, level, evaluation, gaps }) => [
          `${group}: ${level}`,
          toldCount(evaluation.patients),
          isSmall(evaluation.patients) ? '-' : of(evaluation.figures),
          isSmall(evaluation.patients) ? '-' : of(gaps),
        ]),
      },
    ],
  };
}

/** How good it was on the test parts, as far as somebody paid for that to be told. */
export function metrics(source: CardSource): CardSection {
  const { result, manifest } = source;
  const { evaluation } = manifest;
  if (isUnpaid(source)) return { heading: 'Metrics', blocks: [notPaidFor()] };
  if (!evaluation)
    return {
      heading: 'Metrics',
      blocks: [
        textBlock(`On the pooled test part: ${describeMetrics(result.final.metrics) || 'none'}.`),
        warningBlock('These have no interval: how much of them is chance is not known.'),
      ],
    };
  const { patients, records, level, events } = evaluation;
  const main = mainFigure(evaluation.figures);
  const each = result.hospitals.flatMap(({ id, evaluation: own }) => (own ? [{ id, own }] : []));
  const ofEach = (own: typeof evaluation): string =>
    main !== undefined && own.figures[main] ? figureText(own.figures[main]) : '-';
  return {
    heading: 'Metrics',
    blocks: [
      textBlock(
        `On the pooled test part: ${counted(patients, 'patient')}, ${counted(records, 'record')}` +
          `${events === undefined ? '' : `, ${counted(events, 'event')}`}. Intervals are at the level of ${100 * level} %.`,
      ),
      {
        kind: 'table',
        caption: 'Figures on the pooled test part',
        head: ['figure', 'value (interval)', 'method'],
        rows: figureRows(evaluation.figures),
      },
      ...(each.length === 0 || main === undefined
        ? []
        : [
            {
              kind: 'table' as const,
              caption: `By hospital: ${figureLabel(main)}, on its own test part`,
              head: ['hospital', 'patients', 'value (interval)'],
              rows: each.map(({ id, own }) => [id, toldCount(own.patients), isSmall(own.patients) ? '-' : ofEach(own)]),
            },
          ]),
    ],
  };
}

/** Instead of figures. */
export function notPaidFor(): CardBlock {
  return textBlock(
    "Figures of patients are not told here: nobody paid for them, and a card goes where its model goes. They are in the run's " +
      'folder (report.html, result.json), which stays where the patients are.',
  );
}
