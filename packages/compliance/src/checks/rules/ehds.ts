import type { Permit } from '../declarations.js';
import type { CaseFacts, Rule } from '../facts.js';

const ehds = { law: 'ehds', version: '1' } as const;
const of = (article: string): string => `Regulation (EU) 2025/327, ${article}`;
const none = { name: 'no permit', given: {}, outcome: 'needs-a-person' } as const;

const permit: Permit = {
  id: 'P-1',
  purpose: 'e',
  users: ['Ada'],
  datasets: ['north'],
  from: '2026-01-01',
  until: '2026-12-31',
  outputs: ['model', 'scores'],
};
const under = (changes: Partial<Permit>, declared: CaseFacts['declarations'] = {}): CaseFacts => ({
  declarations: { ...declared, ehds: { permit: { ...permit, ...changes } } },
});
const beyond = 'That the permit is genuine, or that this chapter of the regulation applies yet (Article 105).';

/** Secondary use under the European Health Data Space: what a permit allows, beside what is planned. */
export const ehdsRules: readonly Rule[] = [
  {
    ...{ ...ehds, id: 'ehds-permit', citation: of('Articles 61(1) and 68'), title: 'A data permit, within its time' },
    looksAt: 'The declared permit and the day of the check.',
    doesNotShow: beyond,
    does: { check: 'permitPeriod' },
    cases: [
      none,
      { name: 'within its time', given: under({}), outcome: 'pass' },
      { name: 'before it', given: under({ from: '2026-07-01' }), outcome: 'fail' },
      { name: 'after it', given: under({ until: '2026-02-01' }), outcome: 'fail' },
    ],
  },
  {
    ...{ ...ehds, id: 'ehds-purpose', citation: of('Articles 53 and 54'), title: 'A purpose that is permitted' },
    looksAt: 'The purpose that the permit names, and that of the study.',
    doesNotShow: `That both are one, and that nothing is done that Article 54 prohibits. ${beyond}`,
    does: { check: 'permitPurpose' },
    cases: [
      none,
      { name: 'a study without a purpose', given: under({}), outcome: 'needs-a-person' },
      { name: 'research', given: under({}, { purpose: 'Kidney failure' }), outcome: 'pass' },
      { name: 'statistics', given: under({ purpose: 'c' }, { purpose: 'Kidney failure' }), outcome: 'needs-a-person' },
    ],
  },
  {
    ...{ ...ehds, id: 'ehds-users', citation: of('Article 61(2)'), title: 'Nobody whom the permit does not name' },
    looksAt: 'Declared users, and those of the permit.',
    doesNotShow: `Who really has access. ${beyond}`,
    does: { check: 'permitUsers' },
    cases: [
      none,
      { name: 'no users', given: under({}), outcome: 'needs-a-person' },
      { name: 'those that it names', given: under({}, { users: ['Ada'] }), outcome: 'pass' },
      { name: 'one more', given: under({}, { users: ['Ada', 'Ben'] }), outcome: 'fail' },
    ],
  },
  {
    ...{
      ...ehds,
      id: 'ehds-datasets',
      citation: of('Articles 66 and 68'),
      title: 'No data that the permit does not name',
    },
    looksAt: 'Hospitals and digests of their data, and the data sets of the permit.',
    doesNotShow: `That a hospital's data are those which the permit means, where it names a hospital and no digest. ${beyond}`,
    does: { check: 'permitDatasets' },
    cases: [
      none,
      { name: 'those that it names', given: { ...under({}), hospitals: ['north'] }, outcome: 'pass' },
      { name: 'one more', given: { ...under({}), hospitals: ['north', 'south'] }, outcome: 'fail' },
      {
        name: 'data of another digest',
        given: { ...under({ datasets: ['sha256:00'] }), hospitals: ['north'] },
        outcome: 'fail',
      },
    ],
  },
  {
    ...{
      ...ehds,
      id: 'ehds-outputs',
      citation: of('Articles 68 and 73'),
      title: 'Nothing leaves that the permit does not name',
    },
    looksAt: 'What the plan lets out, and the outputs of the permit.',
    doesNotShow: `Whether a model is personal data: a mechanism of the plan bears on that. ${beyond}`,
    does: { check: 'permitOutputs' },
    cases: [
      none,
      { name: 'those that it names', given: { ...under({}), outputs: ['model'] }, outcome: 'pass' },
      { name: 'one more', given: { ...under({}), outputs: ['model', 'site-scores'] }, outcome: 'fail' },
    ],
  },
];
