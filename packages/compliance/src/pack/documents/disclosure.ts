import type { PackFacts } from '../facts.js';
import { counted } from '../counted.js';
import type { Draft } from '../statement.js';

/** Small cells, what is withheld, and how far one hospital reaches. */
export function disclosureControl({ rows, minimumCount, privacy, reach, run, copies }: PackFacts): Draft {
  const hidden = rows.reduce(
    (sum, { read, used, dropped, withheld }) =>
      withheld ? sum : sum + [read, used, ...dropped.map((each) => each.rows)].filter((count) => count === null).length,
    0,
  );
  const withheld = rows.filter((each) => each.withheld).length;
  return {
    name: 'disclosure-control',
    title: 'Disclosure-control report',
    clauses: ['hipaa-164.502(b)', 'hipaa-164.514(b)', 'gdpr-5(1)(c)', 'gdpr-25', 'ehds-66', 'ehds-73'],
    contributes:
      'which counts of patients the logs and the documents of this pack tell, which they do not, and by which rule',
    doesNotShow: [
      'that no count can be found by other ways: suppression is a habit, and no differential privacy',
      ...(copies.some(({ file }) => file.startsWith('cards/'))
        ? [
            'what cards/ in this pack tell: the cards are the run’s own, whole, with figures and numbers of patients of test parts: read them before the pack leaves',
          ]
        : []),
      'what the folder of the run holds beside this pack: a simulation has all data, and its result has counts of all sizes',
    ],
    lacking: [
      ...(rows.length === 0 ? ['counts of rows: the log has none of this run'] : []),
      ...(reach.length === 0 ? ['reach: the result has no table of it'] : []),
    ],
    needsPerson: ['say whether the minimum below is that of your disclosure rules'],
    statements: [
      {
        says: `A count of rows above zero and below ${minimumCount} is not told, nor the count from which it would follow.`,
        ...{ fact: 'minimum count', value: minimumCount },
      },
      { says: `Hidden by that rule: ${counted(hidden, 'count')}.`, fact: 'hidden counts', value: hidden },
      {
        says:
          withheld === 0
            ? 'Of no hospital all counts of rows are withheld.'
            : `Of ${counted(withheld, 'hospital')} all counts of rows are withheld, since a mechanism is there and nothing paid for them.`,
        ...{ fact: 'withheld hospitals', value: withheld },
      },
      {
        says: `Withheld by the privacy mechanism: ${privacy ? privacy.withheld.join('; ') || 'nothing' : 'there is none'}.`,
        ...{ fact: 'withheld', value: privacy ? [...privacy.withheld] : null },
      },
      {
        says: run.simulationOnly
          ? 'Noise or sampling that would protect somebody came from a seed: this run shows what would happen, and protects nobody.'
          : privacy
            ? 'Noise and sampling came from no seed.'
            : 'There is no mechanism, and so no noise from a seed or from elsewhere.',
        ...{ fact: 'simulation only', value: run.simulationOnly },
      },
    ],
    tables:
      reach.length === 0
        ? []
        : [
            {
              caption: 'How far one hospital can move the model in a round',
              head: ['Hospital', 'At most (L2)', 'Because'],
              rows: reach.map(({ id, most, because }) => [id, most === null ? 'no bound' : String(most), because]),
            },
          ],
  };
}
