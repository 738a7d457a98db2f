import { describe, expect, it } from 'vitest';
import type { IdentifierCategory } from './categories.js';
import { findingOfImages } from './images.js';
import { findIdentifiers } from './scan.js';

const found = (name: string, cells: readonly string[]): string[] =>
  findIdentifiers([{ name, cells }]).map(({ category, detector }) => `${category} ${detector}`);
const many = (n: number, cell: (i: number) => string): string[] => Array.from({ length: n }, (_, i) => cell(i));

describe('a column', () => {
  it.each<[string, IdentifierCategory, string, readonly string[]]>([
    ['patientLastName', 'A', 'named-name', ['Okafor', 'Nkemelu', 'Obi']],
    ['PT_ADDR_1', 'B', 'named-place', ['1 Hill', '2 Dale', '3 Glen']],
    ['ZIP', 'B', 'named-zip', ['02139', '10001', '60601']],
    ['dob', 'C', 'named-date', ['01/02/1960', '03/04/1970', '05/06/1980']],
    ['visit_dt', 'C', 'named-date', ['21915', '21930', '22001']],
    ['age', 'C', 'age-over-89', ['45', '91', '67']],
    ['home_tel', 'D', 'named-phone', ['0301234567', '0307654321', '0309999999']],
    ['MRN', 'H', 'named-mrn', ['1234', '1235', '1236']],
    ['subject#', 'R', 'named-person-key', ['1', '2', '13', '24', '25']],
    ['nazwisko', 'A', 'named-name', ['Kowalczyk', 'Nowak', 'Lis']],
    ['vezetéknév', 'A', 'named-name', ['Szabó', 'Kovács', 'Tóth']],
    ['Hastanın adı', 'A', 'named-name', ['Mehmet', 'Ayşe', 'Elif']],
    ['endereço', 'B', 'named-place', ['Rua A', 'Rua B', 'Rua C']],
    ['kod_pocztowy', 'B', 'named-zip', ['30-001', '80-244', '61-512']],
    ['ålder', 'C', 'age-over-89', ['45', '91', '67']],
    ['telefaks', 'E', 'named-fax', ['572 727 689', '572 727 690', '572 727 691']],
    ['cpr', 'G', 'named-ssn', ['010877-0266', '020366-1234', '110955-4321']],
    ['Aktenzeichen', 'H', 'named-mrn', ['A-474985', 'A-474986', 'A-474999']],
    ['Rechnungsnummer', 'J', 'named-account', ['R8669662', 'R8669663', 'R8669664']],
    ['rijbewijs', 'K', 'named-license', ['9481206097', '9481206098', '9481206099']],
    ['fingerabdruck', 'P', 'named-biometric', ['fp_98', 'fp_99', 'fp_97']],
    ['zdjęcie', 'Q', 'named-photo', ['a1.png', 'a2.png', 'a3.png']],
  ])('%s is told by its name and its values', (name, category, detector, cells) => {
    expect(found(name, cells)).toContain(`${category} ${detector}`);
  });

  it.each([
    ['phone', '0 or 1: whether there is one', ['0', '1', '1', '0']],
    ['name', 'a constant', ['name', 'name', 'name']],
    ['age', 'nobody over 89', ['45', '89', '67']],
    ['age', 'days, not years', ['3400', '20000', '91']],
    ['stage', 'levels', ['I', 'II', 'III', 'II']],
    ['diagtime', 'a time in months', ['7', '5', '3', '95']],
    ['platelets', 'six digits that recur', many(60, (i) => String(150_000 + 1000 * (i % 30)))],
    ['rownames', 'rows numbered one after the other', many(200, (i) => String(100_001 + i))],
    ['dose', 'numbers with units', many(40, (i) => `${i}mg`)],
    ['cell', 'a type of cell', ['squamous', 'adeno', 'large']],
    ['cells', 'five digits, none of which begins with a zero', many(30, (i) => String(12_000 + 37 * (i % 15)))],
    ['dx', 'codes of ICD-10', many(60, (i) => `E${10 + i}.${i % 10}`)],
    ['variant', 'variants of a protein', many(60, (i) => `p.R${100 + 7 * i}H`)],
    ['position', 'places on chromosomes', many(60, (i) => `chr${1 + (i % 22)}:${10_000 + 977 * i}`)],
    ['snp', 'numbers of dbSNP', many(60, (i) => `rs${42_935 + 977 * i}`)],
    ['gene', 'codes that recur', many(60, (i) => `BRCA${i % 10}`)],
  ])('%s is none where it holds %s', (name, _what, cells) => {
    expect(found(name, cells)).toEqual([]);
  });

  it('may have three digits of a ZIP code, of which some are restricted', () => {
    expect(found('zip3', ['021', '100', '606'])).toEqual([]);
    expect(found('zip3', ['021', '036', '036'])).toEqual(['B zip-restricted']);
  });

  it('is a key where each row has a code of its own, and more of a number than its place in the file', () => {
    expect(
      found(
        'zz',
        many(30, (i) => `K${7 * i}-QX${i}`),
      ),
    ).toEqual(['R unique-key']);
    expect(
      found(
        'v1',
        many(30, (i) => String(842_302 + 977 * i)),
      ),
    ).toEqual(['R unique-key']);
    expect(
      found(
        'v1',
        many(10, (i) => String(842_302 + 977 * i)),
      ),
    ).toEqual([]);
  });

  it('is nothing else where it is a UUID, whatever words its digits make', () => {
    expect(found('x', ['1b2c3d4e-dea4-4c7d-8e9f-0a1b2c3d4e5f'])).toEqual(['R uuid']);
  });

  it('names somebody in a clinic, and nobody where the clinic has the name', () => {
    expect(found('notes', ['DELGADO, LINDA seen in clinic.'])).toEqual(['A name-in-text']);
    expect(found('site', ['Linda Delgado Cancer Center', 'Henry Ford Hospital'])).toEqual([]);
  });

  it.each([
    ['JK 48 72 57 C', 'G nino'],
    ['ni AB123456D on file', 'G nino'],
    ['denies chest pain; PESEL 76060794591', 'G national-number'],
    ['SSN ending 9924', 'G national-number'],
  ])('may hold a state’s number of somebody: %s', (cell, finding) => {
    expect(found('notes', [cell])).toEqual([finding]);
  });

  it.each([
    ['Hr. Hashimoto kommt wieder', 'A name-in-text'],
    ['Sig.ra Petrović dimessa', 'A name-in-text'],
    ['15 de enero de 1985', 'C date'],
    ['f/u Nov 4', 'C date'],
    ['will fax results to (408) 268-1407', 'E fax'],
  ])('tells of somebody as other hospitals write: %s', (cell, finding) => {
    expect(found('notes', [cell])).toContain(finding);
  });

  it.each([
    'GB 12 34 56 A',
    '16 Fr Foley catheter',
    'Hr Variability low',
    'BP 120 80 mmHg',
    'cpr given at 10 30',
    'hetu 12',
    'SSN ending soon',
  ])('is not one where it only looks so: %s', (cell) => {
    expect(found('notes', [cell])).toEqual([]);
  });

  it('may hold pictures: within the address of one, or by the first bytes of JPEG and PNG in base 64', () => {
    const rest = 'AAAAB3NzaC1yc2EAAAADAQABAAABgQC7x1v2m4k5n6p7q8r9s0t1';
    for (const cell of ['data:image/png;base64,AAAA', `/9j/${rest}`, `iVBORw0KGgo${rest}`])
      expect(found('scan', [cell]), cell).toContain('Q image-in-cell');
    expect(found('scan', [rest])).not.toContain('Q image-in-cell');
  });

  it('is counted cell by cell, and no cell is told', () => {
    const cells = ['fine', 'SSN 078-05-1120', 'fine', 'SSN 078-05-1120', '', '?'];
    const [finding, ...others] = findIdentifiers([{ name: 'notes', cells }]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ category: 'G', detector: 'ssn', by: 'text', cells: 2, of: 4, certain: true });
    expect(JSON.stringify(finding)).not.toContain('078');
  });

  it('is looked at to the end, however many different values it has', () => {
    const cells = many(20_100, (i) => (i === 20_050 ? 'ask anna.roe@example.org' : `note ${i} of the day`));
    expect(found('notes', cells)).toEqual(['F email']);
  });
});

describe('a cell that is long', () => {
  it('is looked at to its end', () => {
    const filler = 'no fever, no cough. '.repeat(500);
    expect(found('notes', [`${filler}Call (617) 555-0182. ${filler}`])).toEqual(['D phone']);
  });

  it.each([
    ['letters', 'a'],
    ['capitals', 'A'],
    ['words', 'Aa '],
    ['digits and hyphens', '1-'],
    ['digits and points', '1.'],
    ['hexadecimal groups', 'ab:'],
    ['numbers and spaces', '12 '],
    ['words of an account', 'acct no '],
  ])('takes no longer for %s without end', (_what, part) => {
    const started = performance.now();
    findIdentifiers([{ name: 'notes', cells: [part.repeat(40_000)] }]);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a column of pictures', () => {
  it('is of faces by its name, for a person to look at where it is in colour, and else of a scanner', () => {
    expect(findingOfImages('face_photo', [64, 64, 3], 10)).toMatchObject({ category: 'Q', certain: true, cells: 10 });
    expect(findingOfImages('skin', [64, 64, 3], 10)).toMatchObject({ category: 'Q', certain: false });
    expect(findingOfImages('xray', [28, 28, 1], 10)).toBeUndefined();
  });
});
