import { baselineWords } from '@fedward/model-bundle';
import { counted } from '../report/counted.js';
import { exposureText } from '../report/exposure-text.js';
import { textBlock, warningBlock, type CardBlock, type CardSection } from './card.js';
import { isUnpaid, rowsInAll, rowsToShare, type CardSource } from './study.js';

/** What it was trained and tested on. */
export function data(source: CardSource): CardSection {
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

/** What the model tells of those it was trained on, and what bounds that. */
export function privacy(source: CardSource): CardSection {
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
