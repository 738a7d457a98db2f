import type { PackFacts } from '../facts.js';
import { counted } from '../counted.js';
import type { Draft } from '../statement.js';

/** Rows used and dropped with the reasons, hospitals that took part, dropped out, and the weight lost. */
export function participation({ rows, parts, missed, participation: whole, run }: PackFacts): Draft {
  return {
    name: 'participation',
    title: 'Participation and exclusion report',
    clauses: ['hipaa-164.312(b)', 'gdpr-5(1)(c)', 'gdpr-5(2)', 'gdpr-17', 'gdpr-21', 'ehds-71'],
    contributes: 'whose rows were used, which were left out and why, and which hospitals are in which rounds',
    doesNotShow: ['whether those left out differ from those used', 'that a list of opt-outs was complete'],
    lacking: [
      ...(rows.length === 0 ? ['rows by hospital: this scenario does not count them'] : []),
      ...(whole === null ? ['participation: there is no result yet'] : []),
    ],
    needsPerson: ['say how those who opted out were asked, and until when'],
    statements: [
      {
        says: `Taking part: ${counted(run.hospitals.length, 'hospital')}.`,
        fact: 'hospitals',
        value: [...run.hospitals],
      },
      { says: `The run has ${counted(run.rounds, 'round')}.`, fact: 'rounds', value: run.rounds },
      ...(whole
        ? [
            {
              says: whole.complete
                ? 'Every round has the updates of all hospitals that it asked.'
                : 'Not every round has the updates of all hospitals that it asked.',
              ...{ fact: 'complete', value: whole.complete },
            },
            {
              says: `Mean share of the weight that was lost in a round: ${whole.meanShareLost ?? 'not known'}.`,
              ...{ fact: 'mean share lost', value: whole.meanShareLost },
            },
          ]
        : []),
    ],
    tables: [
      ...(rows.length > 0
        ? [
            {
              caption: 'Rows by hospital',
              head: ['Hospital', 'Read', 'Used', 'Left out, and why'],
              rows: rows.map(({ hospital, read, used, dropped, withheld }) =>
                withheld
                  ? [hospital, 'withheld', 'withheld', 'withheld']
                  : [
                      ...[hospital, countText(read), countText(used)],
                      dropped.map((each) => `${countText(each.rows)}: ${each.reason}`).join('; ') || 'none',
                    ],
              ),
            },
          ]
        : []),
      ...(parts.length > 0
        ? [
            {
              caption: 'Hospitals in rounds',
              head: ['Hospital', 'Rounds in the sum', 'Rounds missed', 'Last round', 'Share of weight lost'],
              rows: parts.map(({ id, rounds, missed: without, lastRound, weightShareLost }) => [
                ...[id, String(rounds), String(without), lastRound === null ? 'none' : String(lastRound)],
                weightShareLost === null ? 'not known' : String(weightShareLost),
              ]),
            },
          ]
        : []),
      ...(missed.length > 0
        ? [
            {
              caption: 'Who was missing',
              head: ['Round', 'Hospital', 'Why'],
              rows: missed.map(({ round, hospital, why }) => [String(round), hospital, why]),
            },
          ]
        : []),
    ],
  };
}

function countText(count: number | null): string {
  return count === null ? 'too few to tell' : String(count);
}
