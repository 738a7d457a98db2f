import type { DpEvent } from '@fedward/core';
import { counted } from '../counted.js';
import type { PackFacts, PrivacyFacts } from '../facts.js';
import type { Draft, Statement } from '../statement.js';

/** What the study cost in privacy, over this run and, by the ledgers, over all studies; with every assumption. */
export function privacyStatement({ privacy, ledgers, run }: PackFacts): Draft {
  return {
    name: 'privacy',
    title: 'Privacy statement',
    clauses: ['hipaa-164.514(b)', 'gdpr-5(1)(c)', 'gdpr-25', 'gdpr-32', 'gdpr-35', 'ehds-61', 'ehds-73'],
    contributes: 'a bound on what can be learned of one unit from what left, if all of its assumptions hold',
    doesNotShow: [
      'that the assumptions hold: those who keep the data know that',
      'that anything is anonymous in the sense of a law',
      ...(run.simulationOnly
        ? ['protection: noise or sampling came from a seed, and whoever has it can take it off']
        : []),
    ],
    lacking: [
      ...(privacy === null
        ? ['a bound: nothing in this run has a price. `fedward simulate --privacy NAME --epsilon E --delta D`']
        : []),
      ...(ledgers === null
        ? ['all studies: no ledgers were named. `fedward evidence --ledger DIR`, after runs with --ledger DIR']
        : []),
    ],
    needsPerson: ['confirm each assumption, or say that it does not hold'],
    statements: [
      { says: privacyWords(privacy, run.simulationOnly), fact: 'epsilon', value: privacy?.epsilon ?? null },
      ...(privacy ? privacyStatements(privacy) : []),
      ...(ledgers ?? []).map((ledger, i) => ({
        says:
          `Over ${counted(ledger.studies, 'study')} the data of ledger ${ledger.folder} have spent epsilon ${ledger.epsilon} of ` +
          `${ledger.budget ?? 'no budget'} at delta ${ledger.delta} (unit ${ledger.unit}, ${ledger.accountant}).`,
        command: 'fedward privacy ledger "$LEDGER" --json',
        ...{ pointer: `/ledgers/${i}/epsilon`, expect: ledger.epsilon },
      })),
    ],
    tables: [
      ...(privacy
        ? [
            {
              caption: 'Epsilon of this run by hospital',
              head: ['Hospital', 'Epsilon', 'Delta'],
              rows: privacy.perHospital.map(({ id, epsilon }) => [id, numberText(epsilon), String(privacy.delta)]),
            },
            {
              caption: 'Assumptions',
              head: ['Assumption'],
              rows: [...privacy.assumptions, ...(ledgers ?? []).flatMap(({ assumptions }) => assumptions)]
                .filter((words, i, all) => all.indexOf(words) === i)
                .map((words) => [words]),
            },
          ]
        : []),
      ...(ledgers
        ? [
            {
              caption: 'Ledgers',
              head: ['Ledger', 'Studies', 'Releases', 'Epsilon', 'Budget', 'Head', 'Holds'],
              rows: ledgers.map((each) => [
                ...[each.folder, String(each.studies), String(each.releases), numberText(each.epsilon)],
                ...[numberText(each.budget), each.head, each.ok ? 'yes' : 'NO'],
              ]),
            },
          ]
        : []),
    ],
    ...(ledgers && { with: '--ledger "$LEDGER"' }),
  };
}

function privacyWords(privacy: PrivacyFacts | null, simulationOnly: boolean): string {
  if (!privacy) return 'Nothing in this run has a price: no epsilon bounds what left.';
  const { epsilon, delta, unit, adjacency, accountant, protects, mechanisms } = privacy;
  const what = `${mechanisms.join(', ')} ${simulationOnly ? 'would protect, were its noise secret,' : 'protects'} ${protects}`;
  if (epsilon === null) return `${what}; no finite epsilon bounds it.`;
  return (
    `${what}: epsilon ${epsilon} at delta ${delta}, for one ${unit}, adjacency ${adjacency ?? 'not said'}, accountant ` +
    `${accountant}, under the assumptions below.`
  );
}

function privacyStatements({ perHospital, delta, accountant, unit, released, withheld, notReleased }: PrivacyFacts) {
  const priced = perHospital.flatMap(({ id, epsilon, spent }): Statement[] => {
    const steps = spent && unit === 'record' && epsilon !== null ? stepsOf(spent) : undefined;
    if (!steps) return [];
    const { noiseMultiplier, samplingProbability, count } = steps;
    const command =
      `fedward privacy epsilon --noise-multiplier ${noiseMultiplier} --sampling-probability ${samplingProbability} ` +
      `--steps ${count} --delta ${delta} --accountant ${accountant} --json`;
    return [
      { says: `What ${id} was charged comes to epsilon ${epsilon}.`, command, pointer: '/epsilon', expect: epsilon },
    ];
  });
  return [
    ...priced,
    { says: `Released beside that: ${listed(released)}.`, fact: 'released', value: [...released] },
    { says: `Withheld, since nothing paid for it: ${listed(withheld)}.`, fact: 'withheld', value: [...withheld] },
    {
      says: `In the run's folder, and released by no hospital: ${listed(notReleased)}.`,
      ...{ fact: 'not released', value: [...notReleased] },
    },
  ];
}

/** Of Poisson-sampled Gaussians alone, which the command prices too. */
function stepsOf(event: DpEvent): { noiseMultiplier: number; samplingProbability: number; count: number } | undefined {
  if (event.type !== 'repeated' || event.event.type !== 'poisson-sampled') return undefined;
  const { samplingProbability, event: inner } = event.event;
  return inner.type === 'gaussian'
    ? { noiseMultiplier: inner.noiseMultiplier, samplingProbability, count: event.count }
    : undefined;
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'nothing' : words.join('; ');
}

function numberText(value: number | null): string {
  return value === null ? '-' : String(value);
}
