import { categoryLetters, identifierCategories, type IdentifierCategory } from '../../identifiers/categories.js';
import type { CaseFacts, Rule, RuleCase } from '../facts.js';

type Column = NonNullable<CaseFacts['columns']>[number];

/** Of each identifier a column that has it, beside one of the same name or form that has not. */
const examples: Readonly<Record<IdentifierCategory, { readonly has: Column; readonly hasNot: Column }>> = {
  A: {
    has: { name: 'last_name', cells: ['Okafor', 'Nilsen', 'Roe'] },
    hasNot: { name: 'cell', cells: ['squamous', 'large', 'adeno'] },
  },
  B: {
    has: { name: 'zip', cells: ['02139', '60601', '94110'] },
    hasNot: { name: 'zip3', cells: ['021', '606', '941'] },
  },
  C: {
    has: { name: 'admitted', cells: ['2021-03-12', '2020-11-01', '2019-07-30'] },
    hasNot: { name: 'year', cells: ['2021', '2020', '2019'] },
  },
  D: {
    has: { name: 'note', cells: ['call (617) 555-0182', 'stable'] },
    hasNot: { name: 'phone', cells: ['0', '1', '1'] },
  },
  E: {
    has: { name: 'note', cells: ['fax 617-555-0182', 'stable'] },
    hasNot: { name: 'note', cells: ['faint', 'stable'] },
  },
  F: {
    has: { name: 'note', cells: ['write to a.roe@example.org'] },
    hasNot: { name: 'note', cells: ['2 @ 5 mg'] },
  },
  G: {
    has: { name: 'note', cells: ['SSN 078-05-1120'] },
    hasNot: { name: 'note', cells: ['078-05-11'] },
  },
  H: {
    has: { name: 'mrn', cells: ['44120', '44121', '44177'] },
    hasNot: { name: 'hr', cells: ['71', '84', '66'] },
  },
  I: {
    has: { name: 'note', cells: ['Medicare 1EG4-TE5-MK73'] },
    hasNot: { name: 'insured', cells: ['yes', 'no', 'yes'] },
  },
  J: {
    has: { name: 'note', cells: ['DE89 3704 0044 0532 0130 00'] },
    hasNot: { name: 'count', cells: ['3', '5', '9'] },
  },
  K: {
    has: { name: 'note', cells: ['prescriber AB1234563'] },
    hasNot: { name: 'note', cells: ['AB1234564'] },
  },
  L: {
    has: { name: 'note', cells: ['the car 1M8GDM9AXKP042788'] },
    hasNot: { name: 'note', cells: ['the car 1M8GDM9A1KP042788'] },
  },
  M: {
    has: { name: 'note', cells: ['pump, serial number PX-448201'] },
    hasNot: { name: 'note', cells: ['serial troponins were normal'] },
  },
  N: {
    has: { name: 'note', cells: ['see https://example.org/u/118'] },
    hasNot: { name: 'note', cells: ['web space normal'] },
  },
  O: {
    has: { name: 'note', cells: ['from 192.0.2.17'] },
    hasNot: { name: 'note', cells: ['version 1.2.3'] },
  },
  P: {
    has: { name: 'fingerprint_hash', cells: ['a81f00', 'b2c911', '00ffe2'] },
    hasNot: { name: 'iris_colour', cells: ['brown', 'blue', 'brown'] },
  },
  Q: {
    has: { name: 'portrait', cells: ['p/1.jpg', 'p/2.jpg', 'p/3.jpg'] },
    hasNot: { name: 'xray', cells: ['x/1.png', 'x/2.png', 'x/3.png'] },
  },
  R: {
    has: { name: 'x', cells: ['9f1c2d34-5b6a-4c7d-8e9f-0a1b2c3d4e5f'] },
    hasNot: { name: 'stage', cells: ['I', 'II', 'III'] },
  },
};

function casesOf(category: IdentifierCategory): RuleCase[] {
  const { has, hasNot } = examples[category];
  const expert = { route: 'expert-determination', reference: 'Report 7' } as const;
  return [
    { name: 'a feature has it', given: { columns: [has] }, outcome: 'fail' },
    { name: 'a feature looks like it, and is something else', given: { columns: [hasNot] }, outcome: 'pass' },
    {
      name: 'it lies beside the study in the same file',
      given: { columns: [hasNot, { ...has, name: `${has.name}_`, role: 'unread' }] },
      outcome: 'needs-a-person',
    },
    {
      name: 'it is declared as an identifier',
      given: { columns: [hasNot, { ...has, name: `${has.name}_`, role: 'identifier' }] },
      outcome: 'pass',
    },
    {
      name: 'models are judged by it, and do not read it',
      given: { columns: [hasNot, { ...has, name: `${has.name}_`, role: 'subgroup' }] },
      outcome: 'fail',
    },
    {
      name: 'it stands where the patient id is declared',
      given: { columns: [hasNot, { ...has, name: `${has.name}_`, role: 'patient-id' }] },
      // A number or a code may; a name may not.
      outcome: category === 'R' || category === 'H' ? 'pass' : 'needs-a-person',
    },
    { name: 'no table was looked at', given: {}, outcome: 'needs-a-person' },
    {
      name: 'an expert has determined the risk',
      given: { columns: [has], declarations: { hipaa: expert } },
      outcome: 'not-applicable',
    },
    {
      name: 'an expert is declared without a report',
      given: { columns: [has], declarations: { hipaa: { route: 'expert-determination' } } },
      outcome: 'needs-a-person',
    },
    { name: 'patients are simulated', given: { columns: [has], simulatedPatients: true }, outcome: 'not-applicable' },
  ];
}

/** What is beyond each of these rules, whichever identifier it is about. */
const beyond =
  'That nobody can be told from what is left: 164.514(b)(2)(ii) asks for what is known beside it. Rare names and free text without a mark may be missed.';

const beyondMore: Partial<Record<IdentifierCategory, string>> = {
  C: 'Dates that are written as the days since a date that is known count as numbers here.',
  H: 'Whether a patient id that is declared was derived from a record number (164.514(c)).',
  Q: 'What a picture shows: a face can be made from a CT or MR of a head, and pictures in grey are not looked at.',
  R: 'Rare diseases, professions and combinations of values, which can be as unique as a number.',
};

/** 45 CFR 164.514(b)(2)(i), one rule for each of its eighteen letters. */
export const safeHarborRules: readonly Rule[] = categoryLetters.map((category) => ({
  id: `hipaa-safe-harbor-${category.toLowerCase()}`,
  law: 'hipaa',
  citation: `45 CFR 164.514(b)(2)(i)(${category})`,
  title: `Out of what is read: ${identifierCategories[category]}`,
  version: '1',
  looksAt: 'Names of columns, their role in the schema, and the values of each cell, by patterns and check digits.',
  doesNotShow: [beyondMore[category], beyond].filter((text) => text !== undefined).join(' '),
  does: { check: 'identifiers', category },
  cases: casesOf(category),
}));
