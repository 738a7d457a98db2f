import { baselineWords } from '@fedward/model-bundle';
import { describeMetrics } from '../report/shown-metrics.js';
import { counted } from '../report/counted.js';
import { completenessText } from '../report/participation-text.js';
import { exposureText } from '../report/exposure-text.js';
import { textBlock, warningBlock, type CardBlock, type CardSection, type ModelCard } from './card.js';
import { figureLabel, figureRows, figureText, mainFigure } from './figure-text.js';
import {
  aboutOf,
  inputsOf,
  isSmall,
  isUnpaid,
  labelText,
  outputText,
  rowsInAll,
  rowsToShare,
  toldCount,
  trainingText,
  type CardSource,
} from './study.js';
import { toldWarning } from './told-warning.js';

/**
 * The model card of a run: only what the run knows, and what its plan declares. It claims no fitness for any use and
 * agreement with no law.
 *
 * Sections follow Mitchell et al. 2019, Model Cards for Model Reporting (FAT* 2019), section 4.
 */
export function modelCardOf(source: CardSource): ModelCard {
  const { result, manifest } = source;
  return {
    cardVersion: 1,
    title: `Model card: ${manifest.title}`,
    runId: result.runId,
    planHash: result.planHash,
    nonce: result.nonce,
    sections: [
      details(source),
      intendedUse(source),
      factors(source),
      metrics(source),
      data(source),
      privacy(source),
      caveats(source),
      howToUse(),
    ],
    evaluation: manifest.evaluation,
  };
}

function details({ result, plan, manifest }: CardSource): CardSection {
  const { model } = result;
  const rows = [
    ['predicts', labelText(manifest)],
    ['gives', outputText(manifest)],
    ['model', `${model.name}, ${counted(model.parameters, 'parameter')}, loss ${plan.model.loss}`],
    ['inputs', inputsOf(manifest)],
    [
      'trained',
      `${trainingText(plan)}; trainer ${result.trainer}; aggregator ${result.aggregator}; seed ${result.seed}`,
    ],
    ['software', manifest.software],
    ['run', result.runId],
    ['plan', result.planHash],
    ['weights', `sha256:${model.sha256}`],
  ];
  return {
    heading: 'Model details',
    blocks: [{ kind: 'table', caption: 'What the model is', head: ['what', 'value'], rows }],
  };
}

function intendedUse(source: CardSource): CardSection {
  const { question, intendedUse, outOfScope } = aboutOf(source);
  const declared = (what: string, words: string | undefined): CardBlock =>
    words === undefined
      ? warningBlock(`${what}: needs a person. The plan declares nothing (about, approved with the rest of it).`)
      : textBlock(`${what}: ${words}`);
  return {
    heading: 'Intended use',
    blocks: [
      declared('Question', question),
      declared('Intended use', intendedUse),
      declared('Out of scope', outOfScope),
      textBlock('These are the words of whoever planned the run; nothing here was checked against them.'),
    ],
  };
}

function factors(source: CardSource): CardSection {
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

/** Instead of figures. */
function notPaidFor(): CardBlock {
  return textBlock(
    "Figures of patients are not told here: nobody paid for them, and a card goes where its model goes. They are in the run's " +
      'folder (report.html, result.json), which stays where the patients are.',
  );
}

function metrics(source: CardSource): CardSection {
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

function data(source: CardSource): CardSection {
  const { hospitals, privacy: paid, notices = [] } = source.result;
  const known = hospitals.flatMap(({ id, rows }) => (rows ? [{ id, rows }] : []));
  const all = rowsInAll(source);
  const counts: CardBlock[] = paid
    ? [
        textBlock(
          'Counts of rows by hospital are not told here: nobody paid for them, and a card goes where its model goes.',
        ),
      ]
    : known.length === 0
      ? [textBlock('The scenario tells no counts of rows.')]
      : [
          ...(all ? [textBlock(`${all.used} of ${counted(all.read, 'row')} were used.`)] : []),
          {
            kind: 'table',
            caption: 'What became of the rows of each hospital',
            head: ['hospital', 'rows'],
            rows: known.map(({ id, rows }) => [id, rowsToShare(rows)]),
          },
        ];
  return {
    heading: 'Training and evaluation data',
    blocks: [
      textBlock(
        `${counted(source.result.population.hospitals, 'hospital')}. Each one's data were parted into training and test; ` +
          'all metrics are of test parts of the same hospitals, and say nothing of a hospital that took no part.',
      ),
      ...counts,
      ...(isUnpaid(source) ? [] : notices.map(warningBlock)),
    ],
  };
}

function privacy(source: CardSource): CardSection {
  const { result, manifest } = source;
  const { privacy: statement } = result;
  const seeded = result.simulationOnly
    ? [warningBlock('Simulation only: what should be secret came from a seed and protects nobody.')]
    : [];
  if (!statement)
    return {
      heading: 'Privacy',
      blocks: [
        ...seeded,
        textBlock('No differential privacy: nothing bounds what the model tells of those it was trained on.'),
        ...fitted(source),
      ],
    };
  const { mechanism, epsilon, delta, unit, adjacency, accountant, assumptions, notReleased } = statement;
  const exposure = exposureText(statement);
  const unpaid = isUnpaid(source);
  return {
    heading: 'Privacy',
    blocks: [
      ...seeded,
      textBlock(
        `${mechanism}: ${epsilon === null ? 'no finite epsilon' : `epsilon ${epsilon}`} at delta ${delta}; unit: ${unit}; ` +
          `adjacency: ${adjacency}; accountant: ${accountant}.`,
      ),
      ...manifest.privacy.map(textBlock),
      ...(exposure === undefined
        ? []
        : [warningBlock(unpaid ? 'That does not bound a patient who has several records.' : exposure)]),
      ...fitted(source),
      ...(notReleased.length === 0
        ? []
        : [
            textBlock(
              `Shown by the simulation, released by nobody and covered by no epsilon: ${notReleased.join('; ')}. ` +
                `${unpaid ? 'None of it is in this card, nor in the model.' : 'The figures of this card, and those that the model carries, are among it.'}`,
            ),
          ]),
      ...(assumptions.length === 0
        ? []
        : [{ kind: 'list' as const, items: assumptions.map((assumption) => `Assumes: ${assumption}`) }]),
    ],
  };
}

/** Facts about patients that a model carries beside its weights. */
function fitted({ manifest: { baseline, preprocessing } }: CardSource): CardBlock[] {
  const fittedOn = [preprocessing?.all, ...Object.values(preprocessing?.hospitals ?? {})].flatMap((own) => own ?? []);
  return [
    ...(fittedOn.some((own) => own.fittedOn !== 'nothing')
      ? [
          textBlock(
            "The model's file holds what its preprocessing was fitted to: means, deviations or what is filled in, of the records of " +
              `${preprocessing?.all ? 'the training parts' : "each hospital's training part, by the hospital's name"}.`,
          ),
        ]
      : []),
    ...(baseline ? [warningBlock(baselineWords(baseline))] : []),
  ];
}

function caveats(source: CardSource): CardSection {
  const { result } = source;
  return {
    heading: 'Ethical considerations and caveats',
    blocks: [
      ...completeness(result),
      ...(isUnpaid(source)
        ? [notPaidFor()]
        : result.warnings.flatMap((warning) =>
            warning.code === 'HOSPITALS_MISSING' ? [] : [warningBlock(toldWarning(warning))],
          )),
      textBlock(
        'Before anyone is treated by it: an evaluation at the place of use, by people who answer for it. This card is no ' +
          'such evaluation, and no statement that any law or norm is met. What harm a wrong prediction does, and to whom, ' +
          'needs a person.',
      ),
    ],
  };
}

/** Who took part is no figure of patients: it is told whatever was paid for. The warning of it would only repeat it. */
function completeness(result: CardSource['result']): CardBlock[] {
  const sentence = completenessText(result);
  if (sentence === undefined) return [];
  return [result.participation!.complete ? textBlock(sentence) : warningBlock(sentence)];
}

function howToUse(): CardSection {
  return {
    heading: 'How to use it',
    blocks: [
      textBlock('RUN is the folder of the run, which holds this card.'),
      {
        kind: 'commands',
        lines: [
          'fedward model show RUN',
          'fedward model predict RUN patients.csv --out predictions.csv',
          'fedward model evaluate RUN patients.csv',
          'fedward model export RUN --format onnx',
          'fedward audit verify RUN',
        ],
      },
    ],
  };
}
