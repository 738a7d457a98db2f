import type { Rule } from '../facts.js';

const clean = { name: 'creatinine', cells: ['1.1', '0.9', '1.4'] };
const gdpr = { law: 'gdpr', version: '1' } as const;
const of = (article: string): string => `Regulation (EU) 2016/679, ${article}`;
const simulated = {
  name: 'patients are simulated',
  given: { simulatedPatients: true },
  outcome: 'not-applicable',
} as const;
const nothing = { name: 'nothing is declared', given: {}, outcome: 'needs-a-person' } as const;

/** The General Data Protection Regulation, as far as facts and declarations of a study bear on it. */
export const gdprRules: readonly Rule[] = [
  {
    ...{ ...gdpr, id: 'gdpr-minimisation', citation: of('Article 5(1)(c)'), title: 'Limited to what is necessary' },
    looksAt: 'Which columns of the files the plan reads, which it does not, and the declared purpose.',
    doesNotShow: 'Whether the purpose could be reached with less.',
    does: { check: 'onlyWhatIsNeeded' },
    cases: [
      nothing,
      {
        name: 'all columns are read, for a declared purpose',
        given: { columns: [clean], declarations: { purpose: 'Kidney failure' } },
        outcome: 'pass',
      },
      simulated,
    ],
  },
  {
    ...{ ...gdpr, id: 'gdpr-storage', citation: of('Article 5(1)(e)'), title: 'Kept no longer than necessary' },
    looksAt: 'The declared end of storage, and who deletes what.',
    doesNotShow: 'That anything was deleted.',
    does: { check: 'storage' },
    cases: [
      nothing,
      {
        name: 'an end without a way',
        given: { declarations: { retention: { until: '2030-01-01' } } },
        outcome: 'needs-a-person',
      },
      {
        name: 'an end and a way',
        given: { declarations: { retention: { until: '2030-01-01', deletion: 'each site, its own' } } },
        outcome: 'pass',
      },
      {
        name: 'an end that has passed',
        given: { declarations: { retention: { until: '2025-01-01', deletion: 'each site, its own' } } },
        outcome: 'fail',
      },
    ],
  },
  {
    ...{
      ...gdpr,
      id: 'gdpr-legal-basis',
      citation: of('Articles 6 and 9'),
      title: 'A basis, and an exception for data about health',
    },
    looksAt: 'What is declared.',
    doesNotShow: 'Whether it is the right one, and what national law asks for beside it.',
    does: { check: 'legalBasis' },
    cases: [
      nothing,
      {
        name: 'a basis alone',
        given: { declarations: { legalBasis: { article6: '6(1)(e)' } } },
        outcome: 'needs-a-person',
      },
      {
        name: 'both',
        given: { declarations: { legalBasis: { article6: '6(1)(e)', article9: '9(2)(j)' } } },
        outcome: 'pass',
      },
      simulated,
    ],
  },
  {
    ...{
      ...gdpr,
      id: 'gdpr-erasure',
      citation: of('Articles 17 and 21'),
      title: 'Who objected is out of the next cohort',
    },
    looksAt: 'The declared register, and when it was last applied to the data.',
    doesNotShow: 'That a model which was trained with somebody no longer knows of them.',
    does: { check: 'optOuts' },
    cases: [
      nothing,
      {
        name: 'applied this month',
        given: { declarations: { optOuts: { register: 'R', appliedOn: '2026-05-20' } } },
        outcome: 'pass',
      },
      {
        name: 'applied long ago',
        given: { declarations: { optOuts: { register: 'R', appliedOn: '2026-01-01' } } },
        outcome: 'needs-a-person',
      },
      {
        name: 'to be applied',
        given: { declarations: { optOuts: { register: 'R', appliedOn: '2026-07-01' } } },
        outcome: 'fail',
      },
      simulated,
    ],
  },
  {
    ...{ ...gdpr, id: 'gdpr-automated-decisions', citation: of('Article 22'), title: 'No decision by a program alone' },
    looksAt: 'What is declared of the use of the model.',
    doesNotShow: 'How the model is used once it is somewhere else.',
    does: { check: 'automatedDecisions' },
    cases: [
      nothing,
      { name: 'none', given: { declarations: { automatedDecisions: { used: false } } }, outcome: 'pass' },
      {
        name: 'some, without safeguards',
        given: { declarations: { automatedDecisions: { used: true } } },
        outcome: 'fail',
      },
      {
        name: 'some, with safeguards',
        given: { declarations: { automatedDecisions: { used: true, safeguards: 'a doctor looks' } } },
        outcome: 'needs-a-person',
      },
    ],
  },
  {
    ...{
      ...gdpr,
      id: 'gdpr-by-design',
      citation: of('Articles 25 and 32'),
      title: 'Protection by design, and security',
    },
    looksAt: 'Privacy mechanisms of the plan, and declared measures.',
    doesNotShow: 'That the measures suit the risk. What a model tells of its records without a mechanism.',
    does: { check: 'byDesign' },
    cases: [
      nothing,
      { name: 'measures', given: { declarations: { security: { measures: 'TOM-4' } } }, outcome: 'pass' },
    ],
  },
  {
    ...{ ...gdpr, id: 'gdpr-processors', citation: of('Article 28'), title: 'A contract with each processor' },
    looksAt: 'Declared processors and their agreements.',
    doesNotShow: 'What the agreements say, and processors that nobody declared.',
    does: { check: 'processors' },
    cases: [
      nothing,
      { name: 'none', given: { declarations: { processors: [] } }, outcome: 'pass' },
      {
        name: 'one with an agreement',
        given: { declarations: { processors: [{ name: 'P', country: 'DE', agreement: 'DPA-1' }] } },
        outcome: 'pass',
      },
      { name: 'one without', given: { declarations: { processors: [{ name: 'P', country: 'DE' }] } }, outcome: 'fail' },
    ],
  },
  {
    ...{ ...gdpr, id: 'gdpr-record', citation: of('Article 30'), title: 'A record of processing activities' },
    looksAt: 'The declared record, with purpose and end of storage.',
    doesNotShow: 'That the record is complete.',
    does: { check: 'processingRecord' },
    cases: [
      nothing,
      {
        name: 'a record without a purpose',
        given: { declarations: { record: { reference: 'R', responsible: 'Ada' } } },
        outcome: 'needs-a-person',
      },
      {
        name: 'a record with both',
        given: {
          declarations: {
            record: { reference: 'R', responsible: 'Ada' },
            purpose: 'Kidney failure',
            retention: { until: '2030-01-01' },
          },
        },
        outcome: 'pass',
      },
    ],
  },
  {
    ...{ ...gdpr, id: 'gdpr-impact-assessment', citation: of('Article 35'), title: 'An impact assessment' },
    looksAt: 'The declared reference and its date.',
    doesNotShow: 'Its content. Whether it is needed is for the controller.',
    does: { check: 'impactAssessment' },
    cases: [
      nothing,
      { name: 'one', given: { declarations: { dpia: { reference: 'D', on: '2026-01-10' } } }, outcome: 'pass' },
      { name: 'one to come', given: { declarations: { dpia: { reference: 'D', on: '2026-08-10' } } }, outcome: 'fail' },
      simulated,
    ],
  },
  {
    ...{ ...gdpr, id: 'gdpr-transfers', citation: of('Articles 44 to 49'), title: 'Where messages go to' },
    looksAt: 'Declared countries of endpoints, beside lists of the European Economic Area and of adequacy decisions.',
    doesNotShow:
      'Where machines really stand, and whether an adequacy decision was taken back since the list was made.',
    does: { check: 'transfers' },
    cases: [
      { name: 'on one machine', given: {}, outcome: 'not-applicable' },
      {
        name: 'a network of which nothing is declared',
        given: { transport: { kind: 'network' } },
        outcome: 'needs-a-person',
      },
      {
        name: 'within the area',
        given: { declarations: { endpoints: [{ id: 'n', country: 'DE' }] } },
        outcome: 'pass',
      },
      {
        name: 'an adequate country',
        given: { declarations: { endpoints: [{ id: 'n', country: 'JP' }] } },
        outcome: 'pass',
      },
      {
        name: 'one that is adequate in part',
        given: { declarations: { endpoints: [{ id: 'n', country: 'US' }] } },
        outcome: 'needs-a-person',
      },
      {
        name: 'the same with a safeguard',
        given: { declarations: { endpoints: [{ id: 'n', country: 'US', safeguard: 'SCC' }] } },
        outcome: 'pass',
      },
      {
        name: 'one with nothing',
        given: { declarations: { endpoints: [{ id: 'n', country: 'IN' }] } },
        outcome: 'fail',
      },
      {
        name: 'the same by a newer list',
        given: {
          declarations: { endpoints: [{ id: 'n', country: 'IN' }] },
          adequate: { version: 'to come', source: 'a case', countries: ['IN'] },
        },
        outcome: 'pass',
      },
    ],
  },
];
