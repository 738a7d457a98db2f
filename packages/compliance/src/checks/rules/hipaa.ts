import type { CaseFacts, Rule } from '../facts.js';

const clean = { name: 'creatinine', cells: ['1.1', '0.9', '1.4'] };
const hospitals = ['north', 'south'];
const keysOf = (...holders: readonly string[]): NonNullable<CaseFacts['keys']> =>
  holders.map((holder) => ({ holder, id: `key of ${holder}` }));
const network = { kind: 'network' } as const;

/** The rest of the Privacy and the Security Rule, as far as facts of a study bear on it. */
export const hipaaRules: readonly Rule[] = [
  {
    id: 'hipaa-limited-data-set',
    law: 'hipaa',
    citation: '45 CFR 164.514(e)',
    title: 'A limited data set has a data use agreement',
    version: '1',
    looksAt: 'The declared way, and the reference to an agreement.',
    doesNotShow: 'What the agreement says, and whether its recipient keeps to it.',
    does: { check: 'limitedDataSet' },
    cases: [
      { name: 'nothing is declared', given: {}, outcome: 'needs-a-person' },
      {
        name: 'another way is declared',
        given: { declarations: { hipaa: { route: 'safe-harbor' } } },
        outcome: 'not-applicable',
      },
      {
        name: 'without an agreement',
        given: { declarations: { hipaa: { route: 'limited-data-set' } } },
        outcome: 'needs-a-person',
      },
      {
        name: 'with one',
        given: { declarations: { hipaa: { route: 'limited-data-set', reference: 'DUA-1' } } },
        outcome: 'pass',
      },
    ],
  },
  {
    id: 'hipaa-minimum-necessary',
    law: 'hipaa',
    citation: '45 CFR 164.502(b)',
    title: 'The minimum that is necessary',
    version: '1',
    looksAt: 'Which columns of the files the plan reads, which it does not, and the declared reason.',
    doesNotShow: 'Whether each column that is read is needed: that is a judgement about the question.',
    does: { check: 'onlyWhatIsNeeded' },
    cases: [
      { name: 'no table', given: {}, outcome: 'needs-a-person' },
      { name: 'no reason', given: { columns: [clean] }, outcome: 'needs-a-person' },
      {
        name: 'all columns are read, for a declared reason',
        given: { columns: [clean], declarations: { purpose: 'Kidney failure' } },
        outcome: 'pass',
      },
      {
        name: 'columns that nothing reads',
        given: {
          columns: [clean, { ...clean, name: 'sodium', role: 'unread' }],
          declarations: { purpose: 'Kidney failure' },
        },
        outcome: 'needs-a-person',
      },
      { name: 'patients are simulated', given: { simulatedPatients: true }, outcome: 'not-applicable' },
    ],
  },
  {
    id: 'hipaa-unique-users',
    law: 'hipaa',
    citation: '45 CFR 164.312(a)(2)(i)',
    title: 'Each user can be told from others',
    version: '1',
    looksAt: 'Declared users, and the keys that are declared for them.',
    doesNotShow: 'That each key is in the hands of its holder alone.',
    does: { check: 'uniqueUsers' },
    cases: [
      { name: 'no users', given: {}, outcome: 'needs-a-person' },
      { name: 'a user without a key', given: { declarations: { users: ['Ada'] } }, outcome: 'needs-a-person' },
      { name: 'each has one', given: { declarations: { users: ['Ada'] }, keys: keysOf('Ada') }, outcome: 'pass' },
      {
        name: 'two share one',
        given: {
          declarations: { users: ['Ada', 'Ben'] },
          keys: [
            { holder: 'Ada', id: 'k' },
            { holder: 'Ben', id: 'k' },
          ],
        },
        outcome: 'fail',
      },
    ],
  },
  {
    id: 'hipaa-authentication',
    law: 'hipaa',
    citation: '45 CFR 164.312(d)',
    title: 'Whoever takes part is who they say',
    version: '1',
    looksAt: 'Keys of hospitals.',
    doesNotShow: 'How keys came to those who hold them.',
    does: { check: 'authentication' },
    cases: [
      { name: 'on one machine', given: { hospitals }, outcome: 'not-applicable' },
      { name: 'over a network, without keys', given: { hospitals, transport: network }, outcome: 'needs-a-person' },
      { name: 'each has a key', given: { hospitals, transport: network, keys: keysOf(...hospitals) }, outcome: 'pass' },
    ],
  },
  {
    id: 'hipaa-integrity',
    law: 'hipaa',
    citation: '45 CFR 164.312(c)(1)',
    title: 'A change does not go unseen',
    version: '1',
    looksAt: 'Digests of plan and data, and whether entries of the log are bound to each other.',
    doesNotShow: 'That the data were right when their digest was taken.',
    does: { check: 'integrity' },
    cases: [
      { name: 'data without a digest', given: { columns: [clean] }, outcome: 'needs-a-person' },
      { name: 'simulated patients', given: { simulatedPatients: true }, outcome: 'pass' },
      {
        name: 'a log that is not chained',
        given: { log: { chained: false, signed: false, perSite: false } },
        outcome: 'fail',
      },
    ],
  },
  {
    id: 'hipaa-audit-controls',
    law: 'hipaa',
    citation: '45 CFR 164.312(b)',
    title: 'What is done is recorded',
    version: '1',
    looksAt: 'Whether the log is chained, signed, and kept by each site.',
    doesNotShow: 'That anybody reads it.',
    does: { check: 'auditControls' },
    cases: [
      { name: 'a chain alone', given: {}, outcome: 'needs-a-person' },
      { name: 'signed, at each site', given: { log: { chained: true, signed: true, perSite: true } }, outcome: 'pass' },
      { name: 'no chain', given: { log: { chained: false, signed: true, perSite: true } }, outcome: 'fail' },
    ],
  },
  {
    id: 'hipaa-transmission',
    law: 'hipaa',
    citation: '45 CFR 164.312(e)(1)',
    title: 'What is sent is protected on its way',
    version: '1',
    looksAt: 'What the transport declares of itself.',
    doesNotShow: 'That certificates are checked where messages arrive.',
    does: { check: 'transmission' },
    cases: [
      { name: 'on one machine', given: {}, outcome: 'not-applicable' },
      { name: 'a network of which nothing is known', given: { transport: network }, outcome: 'needs-a-person' },
      {
        name: 'a network with TLS',
        given: { transport: { kind: 'network', protection: 'TLS 1.3, both sides' } },
        outcome: 'pass',
      },
    ],
  },
  {
    id: 'hipaa-review',
    law: 'hipaa',
    citation: '45 CFR 164.308(a)(8), 164.308(a)(1)(ii)(D)',
    title: 'It is reviewed at an interval',
    version: '1',
    looksAt: 'Who reviewed it, when, and when the next review is due, as declared.',
    doesNotShow: 'What the review found.',
    does: { check: 'review' },
    cases: [
      { name: 'none is declared', given: {}, outcome: 'needs-a-person' },
      {
        name: 'it is in time',
        given: { declarations: { review: { by: 'Ada', on: '2026-01-15', next: '2027-01-15' } } },
        outcome: 'pass',
      },
      {
        name: 'the next is overdue',
        given: { declarations: { review: { by: 'Ada', on: '2024-01-15', next: '2025-01-15' } } },
        outcome: 'fail',
      },
      {
        name: 'it is still to come',
        given: { declarations: { review: { by: 'Ada', on: '2026-12-15', next: '2027-12-15' } } },
        outcome: 'fail',
      },
    ],
  },
];
