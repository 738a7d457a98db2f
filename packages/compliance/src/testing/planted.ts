import type { Random } from '@fedward/core';
import type { IdentifierCategory } from '../identifiers/categories.js';
import { pick, digits, letters, two, luhn, iban, nhs, vin, dea, kvnr, nir, mbi } from './planted-numbers.js';

/** An identifier that a test puts where none belongs: in a sentence of notes, or all of a column with a name that says nothing. */
export interface Planted {
  readonly column: string;
  readonly cells: readonly string[];
}

/** One way to write an identifier. Patterns were written with the first half in view; the other half measures. */
export interface PlantedFamily {
  readonly name: string;
  readonly category: IdentifierCategory;
  readonly half: 'development' | 'held-out';
  readonly plant: (random: Random) => Planted;
}

/** Notes in which nobody is named. */
export const cleanNotes: readonly string[] = [
  'Chest pain on exertion, relieved by rest; no fever.',
  'Blood pressure 128/82, pulse 74, afebrile, SpO2 97 % on air.',
  'Started metoprolol 25 mg twice daily; review in 6 weeks.',
  'ECG: sinus rhythm, no ST elevation. Troponin 0.02 ng/mL.',
  'Known type 2 diabetes, HbA1c 7.4 %; foot exam normal.',
  'Patient reports improved sleep and less dyspnoea since last visit.',
  'Biopsy: invasive ductal carcinoma, grade 2, ER positive, HER2 negative.',
  'Fall at home without loss of consciousness; CT head unremarkable.',
  'Parkinson disease, Hoehn and Yahr stage 2; UPDRS 31.',
  'Smoked 20 a day for 30 years, stopped 5 years ago.',
  'Left hip replaced; mobilised with two crutches on day 2.',
  'Allergic to penicillin (rash). Ejection fraction 45 %.',
  'Discharged home in good condition, 4/5 strength on the right.',
  'Creatinine 1.4 mg/dL, eGFR 52, potassium 4.6 mmol/L.',
  'Lung cancer screening: 6 mm nodule in the right upper lobe.',
  'Plan: 10000 units heparin, then 1000 mg daily; chart reviewed, 2000 ml given.',
  'pT2N0M0, stage IIA; 12/25 lymph nodes; Gleason 3+4=7; fine on 2/3 of days.',
  'ICD-10 E11.9, SNOMED 44054006, LOINC 2345-7, trial NCT01234567.',
  'Linda Delgado Cancer Center; Patient Health Questionnaire 9; HLA Dr Beta; mRNA clone 06B09 (EC 2.7.1.37).',
];

const around = (random: Random, phrase: string): Planted => ({
  column: pick(random, ['notes', 'comment', 'q17', 'free_text', 'history', 'remark']),
  cells: [...cleanNotes.slice(0, random.integer(5, 14)), `${pick(random, cleanNotes)} ${phrase}`],
});

const column = (random: Random, name: string, cell: () => string): Planted => ({
  column: `${name}${random.integer(2, 9)}`,
  cells: Array.from({ length: random.integer(25, 40) }, cell),
});

const usGiven = ['James', 'Linda', 'Robert', 'Patricia', 'Kevin', 'Donna', 'Stephanie', 'Gary'];
const usFamily = ['Whitfield', 'Hargrove', 'Larkin', 'Pruitt', 'Delgado', 'Stokes', 'Vance', 'Mullins'];
const worldGiven = ['Amira', 'Wiebke', 'Oluwaseun', 'Chiara', 'Anjali', 'Tomasz', 'Saoirse', 'Kenji', 'Ayşe', 'Bogdan'];
const worldFamily = [
  'Haddad',
  'Claasen',
  'Adeyemi',
  'Lombardi',
  'Krishnan',
  'Wójcik',
  'Gallagher',
  'Tanaka',
  'Yılmaz',
  'Popescu',
];

const date = (random: Random): [number, number, number] => [
  random.integer(1940, 2023),
  random.integer(1, 12),
  random.integer(1, 28),
];
const monthName = (random: Random): string =>
  pick(random, ['January', 'March', 'May', 'August', 'October', 'December']);
const uuid = (random: Random): string => [8, 4, 4, 4, 12].map((n) => letters(random, n, '0123456789abcdef')).join('-');

type Row = readonly [name: string, category: IdentifierCategory, plant: (random: Random) => Planted];

const development: readonly Row[] = [
  ['titled name', 'A', (r) => around(r, `Seen by Dr. ${pick(r, usFamily)} today.`)],
  ['given and family name', 'A', (r) => around(r, `${pick(r, usGiven)} ${pick(r, usFamily)} tolerates it well.`)],
  ['abbreviated name column', 'A', (r) => column(r, 'pt_nm', () => `${pick(r, worldFamily)}, ${pick(r, worldGiven)}`)],
  [
    'US street',
    'B',
    (r) =>
      around(
        r,
        `Lives at ${r.integer(10, 999)} ${pick(r, ['Maple', 'Oak Hill', 'Birch'])} ${pick(r, ['Street', 'Ave', 'Lane'])}.`,
      ),
  ],
  [
    'city, State and ZIP',
    'B',
    (r) => around(r, `Transferred from ${pick(r, ['Dayton, OH', 'Salem, OR', 'Macon, GA'])} ${digits(r, 5, 1)}.`),
  ],
  ['coordinates column', 'B', (r) => column(r, 'geo_lat', () => `${r.integer(25, 48)}.${digits(r, 6)}`)],
  [
    'ISO date',
    'C',
    (r) =>
      around(
        r,
        `Operated ${date(r)
          .map((n) => two(n))
          .join('-')}.`,
      ),
  ],
  ['date in words', 'C', (r) => around(r, `Admitted ${monthName(r)} ${r.integer(1, 28)}, ${r.integer(1990, 2023)}.`)],
  ['age over 89', 'C', (r) => around(r, `A ${r.integer(90, 104)}-year-old who lives alone.`)],
  ['US telephone', 'D', (r) => around(r, `Call back (${digits(r, 3, 2)}) ${digits(r, 3, 2)}-${digits(r, 4)}.`)],
  ['telephone digits column', 'D', (r) => column(r, 'k', () => `${digits(r, 3, 2)}${digits(r, 3, 2)}${digits(r, 4)}`)],
  ['fax', 'E', (r) => around(r, `Report by fax ${digits(r, 3, 2)}-${digits(r, 3, 2)}-${digits(r, 4)}.`)],
  [
    'mail',
    'F',
    (r) => around(r, `Write to ${pick(r, usGiven).toLowerCase()}.${pick(r, usFamily).toLowerCase()}@example.com.`),
  ],
  ['SSN', 'G', (r) => around(r, `SSN ${r.integer(100, 665)}-${two(r.integer(1, 99))}-${digits(r, 4, 1)}.`)],
  ['MRN', 'H', (r) => around(r, `MRN ${digits(r, 8)}.`)],
  ['Medicare', 'I', (r) => around(r, `Medicare ${mbi(r)}.`)],
  ['IBAN', 'J', (r) => around(r, `Refund to ${iban(r)}.`)],
  ['account', 'J', (r) => around(r, `Acct # ${digits(r, 8, 1)}.`)],
  ['DEA', 'K', (r) => around(r, `Prescriber ${dea(r)}.`)],
  ['VIN', 'L', (r) => around(r, `Car of the accident: ${vin(r)}.`)],
  ['serial number', 'M', (r) => around(r, `Pump, serial number ${letters(r, 2)}-${digits(r, 6)}.`)],
  ['web address', 'N', (r) => around(r, `See https://example.org/u/${digits(r, 5)}.`)],
  [
    'IP, version 4',
    'O',
    (r) => around(r, `Entered from 10.${r.integer(1, 254)}.${r.integer(1, 254)}.${r.integer(1, 254)}.`),
  ],
  ['fingerprint column', 'P', (r) => column(r, 'fingerprint_hash_', () => letters(r, 16, '0123456789abcdef'))],
  ['UUID', 'R', (r) => around(r, `Linked to ${uuid(r)}.`)],
  // Held out until the first figure was taken: 86 of 100.
  [
    'relative with a rare name',
    'A',
    (r) => around(r, `Her daughter ${pick(r, worldGiven)} ${pick(r, worldFamily)} was present.`),
  ],
  [
    'names in a nameless column',
    'A',
    (r) => column(r, 'x', () => `${pick(r, [...usGiven, ...usGiven, ...worldGiven])} ${pick(r, worldFamily)}`),
  ],
  [
    'German name',
    'A',
    (r) => around(r, `Rücksprache mit Frau ${pick(r, ['Brandstätter', 'Oehlenschläger', 'Rautenberg'])}.`),
  ],
  [
    'German street',
    'B',
    (r) =>
      around(r, `Wohnhaft ${pick(r, ['Lindenstraße', 'Rosenweg', 'Goethestr.', 'Marktplatz'])} ${r.integer(1, 120)}.`),
  ],
  [
    'British postcode',
    'B',
    (r) =>
      around(
        r,
        `GP surgery in ${letters(r, 2, 'BELNSW')}${r.integer(1, 19)} ${r.integer(1, 9)}${letters(r, 2, 'ABDEF')}.`,
      ),
  ],
  ['ZIP+4 column', 'B', (r) => column(r, 'loc', () => `${digits(r, 5)}-${digits(r, 4)}`)],
  [
    'ordinal date',
    'C',
    (r) => around(r, `Last seen on the ${r.integer(4, 20)}th of ${monthName(r)} ${r.integer(2001, 2023)}.`),
  ],
  [
    'compact date column',
    'C',
    (r) =>
      column(r, 'v_', () =>
        date(r)
          .map((n) => two(n))
          .join(''),
      ),
  ],
  ['aged', 'C', (r) => around(r, `Mother died aged ${r.integer(90, 103)} of stroke.`)],
  ['British telephone', 'D', (r) => around(r, `Ring +44 20 7${digits(r, 3)} ${digits(r, 4)} with results.`)],
  ['German telephone', 'D', (r) => around(r, `Erreichbar unter 0${digits(r, 2, 2)} / ${digits(r, 6)}.`)],
  ['faxed', 'E', (r) => around(r, `Faxed to 0${digits(r, 3, 2)}-${digits(r, 3)}-${digits(r, 4)}.`)],
  ['hidden mail', 'F', (r) => around(r, `Contact ${pick(r, worldFamily).toLowerCase()} (at) klinik-nord.example.`)],
  ['French NIR', 'G', (r) => around(r, `Sécurité sociale ${nir(r)}.`)],
  ['NHS column', 'H', (r) => column(r, 'ref', () => nhs(r))],
  ['German patient number', 'H', (r) => around(r, `Pat.-Nr. ${digits(r, 6, 1)}.`)],
  ['member', 'I', (r) => around(r, `Insurance member ID: ${letters(r, 3)}${digits(r, 6)}.`)],
  ['KVNR column', 'I', (r) => column(r, 'z', () => kvnr(r))],
  ['card', 'J', (r) => around(r, `Paid with ${luhn(`4${digits(r, 14)}`).replace(/(.{4})(?=.)/g, '$1 ')}.`)],
  ['NPI column', 'K', (r) => column(r, 'prov', () => luhn(`808401${digits(r, 8)}`).slice(5))],
  ['plate', 'L', (r) => around(r, `Hit by a car, plate ${r.integer(1, 9)}${letters(r, 3)}${digits(r, 3)}.`)],
  [
    'MAC address',
    'M',
    (r) => around(r, `Monitor ${Array.from({ length: 6 }, () => letters(r, 2, '0123456789abcdef')).join(':')}.`),
  ],
  [
    'IP, version 6',
    'O',
    (r) => around(r, `Login 2001:db8:${letters(r, 4, '123456789abcdef')}::${letters(r, 4, '123456789abcdef')}.`),
  ],
  ['photographs column', 'Q', (r) => column(r, 'head_shot', () => `img/${digits(r, 6)}.jpg`)],
  ['codes in a nameless column', 'R', (r) => column(r, 'zz', () => `${letters(r, 2)}-${digits(r, 6)}`)],
];

const heldOut: readonly Row[] = [
  [
    'name in capitals',
    'A',
    (r) => around(r, `${pick(r, usFamily).toUpperCase()}, ${pick(r, usGiven).toUpperCase()} seen in clinic.`),
  ],
  ['husband', 'A', (r) => around(r, `Discussed with her husband, ${pick(r, worldGiven)} ${pick(r, worldFamily)}.`)],
  [
    'family names in a nameless column',
    'A',
    (r) =>
      column(r, 'c', () =>
        pick(r, [...usFamily, 'Smith', 'Lee', 'Garcia', 'Nguyen', 'Weber', 'Rossi', 'Khan', 'Moore']),
      ),
  ],
  [
    'French street',
    'B',
    (r) => around(r, `Habite ${r.integer(1, 90)} rue de la ${pick(r, ['Paix', 'République', 'Gare'])}.`),
  ],
  ['county', 'B', (r) => around(r, `Works as a farmer in ${pick(r, ['Shelby', 'Perry', 'Monroe'])} County.`)],
  [
    'Canadian postcode column',
    'B',
    (r) =>
      column(
        r,
        'area',
        () =>
          `${letters(r, 1, 'KLMV')}${r.integer(1, 9)}${letters(r, 1, 'ABCE')} ${r.integer(1, 9)}${letters(r, 1, 'ABCE')}${r.integer(1, 9)}`,
      ),
  ],
  [
    'date with points',
    'C',
    (r) => around(r, `Aufnahme ${date(r).reverse().map(two).join('.')}, Entlassung tags darauf.`),
  ],
  [
    'short American date',
    'C',
    (r) => around(r, `Last colonoscopy ${r.integer(1, 12)}/${r.integer(1, 28)}/${two(r.integer(1, 23))}, normal.`),
  ],
  [
    'dates and times in a nameless column',
    'C',
    (r) => column(r, 't', () => `${date(r).map(two).join('-')}T${two(r.integer(0, 23))}:${two(r.integer(0, 59))}:00Z`),
  ],
  ['nonagenarian', 'C', (r) => around(r, `${r.integer(90, 99)} yo man with syncope.`)],
  ['French telephone', 'D', (r) => around(r, `Tél. 06 ${[0, 1, 2, 3].map(() => digits(r, 2)).join(' ')}.`)],
  [
    'telephone with points',
    'D',
    (r) => around(r, `Sister is at ${digits(r, 3, 2)}.${digits(r, 3, 2)}.${digits(r, 4)} after five.`),
  ],
  [
    'mail column',
    'F',
    (r) => column(r, 'w', () => `${letters(r, 6).toLowerCase()}@${letters(r, 5).toLowerCase()}.org`),
  ],
  [
    'nine digits with zeros',
    'G',
    (r) => column(r, 'n', () => `${two(r.integer(1, 59)).padStart(3, '0')}${two(r.integer(1, 99))}${digits(r, 4, 1)}`),
  ],
  ['chart', 'H', (r) => around(r, `Old chart no. ${letters(r, 1)}${digits(r, 7)} requested.`)],
  ['record column', 'H', (r) => column(r, 'medRecNo', () => digits(r, 7, 1))],
  ['policy', 'I', (r) => around(r, `Covered under policy #${digits(r, 9, 1)}.`)],
  ['account column', 'J', (r) => column(r, 'billing_acct_', () => digits(r, 10, 1))],
  ['licence', 'K', (r) => around(r, `Driver's license ${letters(r, 1)}${digits(r, 8)}, expired.`)],
  ['passport', 'K', (r) => around(r, `Passport number ${letters(r, 1)}${digits(r, 8)}.`)],
  ['implant', 'M', (r) => around(r, `Pacemaker S/N ${letters(r, 3)}${digits(r, 6)} interrogated.`)],
  ['web address without a scheme', 'N', (r) => around(r, `Blogs at www.${letters(r, 7).toLowerCase()}.net about it.`)],
  [
    'address of a host',
    'O',
    (r) =>
      column(r, 'src', () => `${r.integer(11, 223)}.${r.integer(0, 255)}.${r.integer(0, 255)}.${r.integer(1, 254)}`),
  ],
  ['file of a face', 'Q', (r) => around(r, `Wound and face_${digits(r, 4)}.JPG uploaded.`)],
  ['participant', 'R', (r) => around(r, `Enrolled as participant ${letters(r, 2)}${digits(r, 5)}.`)],
];

const familyOf =
  (half: PlantedFamily['half']) =>
  ([name, category, plant]: Row): PlantedFamily => ({ name, category, half, plant });

/** 50 of development, and 25 that were written after the last change to a pattern. */
export const plantedFamilies: readonly PlantedFamily[] = [
  ...development.map(familyOf('development')),
  ...heldOut.map(familyOf('held-out')),
];
