import type { Json } from '@fedward/core';
import type { PackFacts } from '../facts.js';
import type { Draft } from '../statement.js';

/** The members of a declaration that Article 30(1) asks for, by the letter. */
const asked: readonly (readonly [letter: string, what: string, members: readonly string[]])[] = [
  [
    '(a)',
    'name and contact of the controller, the joint controller, the representative, the data protection officer',
    ['controllers', 'controller', 'contact', 'dpo', 'record', 'users'],
  ],
  ['(b)', 'purposes of the processing', ['purpose', 'purposes', 'legalBasis', 'permit']],
  ['(c)', 'categories of data subjects and of personal data', ['dataSubjects', 'categories', 'specialCategories']],
  ['(d)', 'categories of recipients', ['recipients', 'processors']],
  ['(e)', 'transfers to third countries, with safeguards', ['countries', 'endpoints', 'transfers', 'safeguards']],
  ['(f)', 'time limits for erasure', ['retention', 'retentionPeriod', 'erasure']],
];

/** Records of processing activities: Article 30(1) GDPR, letter by letter. */
export function processing({ declarations, run, privacy, secureAggregation, logs, plan }: PackFacts): Draft {
  const said = declarations?.said ?? {};
  const rows = asked.map(([letter, what, members]) => {
    const found = members.flatMap((name) =>
      said[name] === undefined || said[name] === null ? [] : [[name, said[name]] as const],
    );
    return { letter, what, words: found.map(([name, value]) => `${name}: ${wordsOf(value)}`).join('; ') };
  });
  const measures = [
    'records stay where they are; updates of a model leave',
    privacy ? `${privacy.mechanisms.join(', ')} (see the privacy statement)` : 'no differential privacy',
    secureAggregation ? 'secure aggregation' : 'no secure aggregation',
    `${logs.length} tamper-evident ${logs.length === 1 ? 'log' : 'logs'}`,
  ];
  const features = inputsOf(plan);
  const open = rows.filter(({ words }) => words === '');
  return {
    name: 'processing',
    title: 'Record of processing activities',
    clauses: ['gdpr-30', 'gdpr-5(2)', 'gdpr-5(1)(b)', 'gdpr-5(1)(e)', 'gdpr-44', 'ehds-61', 'ehds-68'],
    contributes: 'what Article 30(1) asks for, as far as the run and the declarations say it',
    doesNotShow: ['that what was declared is so', "the hospitals' own records, which each controller keeps"],
    lacking: declarations ? [] : ['declarations: none were given. `fedward evidence --declarations FILE`'],
    needsPerson: open.map(({ letter, what }) => `Article 30(1)${letter}: ${what}`),
    statements: [
      { says: `The processing is training of the model of plan ${run.planHash}.`, fact: 'plan', value: run.planHash },
      {
        says: `Hospitals whose records were processed: ${run.hospitals.join(', ')}.`,
        fact: 'hospitals',
        value: [...run.hospitals],
      },
      { says: `It began at ${run.began}.`, fact: 'began', value: run.began },
      { says: `It ended at ${run.ended ?? 'no time: it is not over'}.`, fact: 'ended', value: run.ended },
      { says: `A record becomes inputs of the shape ${features} to the model.`, fact: 'input shape', value: features },
      { says: `Measures: ${measures.join('; ')}.`, fact: 'measures', value: measures },
      { says: `${open.length} of the letters (a) to (f) need a person.`, fact: 'open', value: open.length },
    ],
    tables: [
      {
        caption: 'Article 30(1)',
        head: ['Letter', 'What', 'Declared'],
        rows: [
          ...rows.map(({ letter, what, words }) => [letter, what, words || 'needs a person']),
          ['(g)', 'technical and organisational measures', measures.join('; ')],
        ],
      },
    ],
    ...(declarations && {
      attachments: [{ file: 'declarations.yaml', content: declarations.text }],
      with: '--declarations "$PACK/declarations.yaml"',
    }),
  };
}

function inputsOf({ model }: PackFacts['plan']): string {
  const shape = (model as { readonly inputShape?: unknown } | undefined)?.inputShape;
  return shape === undefined ? 'not said' : JSON.stringify(shape);
}

function wordsOf(value: Json): string {
  if (Array.isArray(value)) return value.map(wordsOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
