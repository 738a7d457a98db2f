import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atoms } from './atoms.js';
import { converter, isUnit, type Analyte } from './converter.js';
import { parseUnit } from './parse-unit.js';
import { unitCode, unitName } from './spellings.js';

const told = (value: number, from: string, to: string, analyte?: Analyte) => converter(from, to, analyte)?.(value);

describe('parseUnit', () => {
  it('reads the codes that records have', () => {
    for (const code of [
      ...[
        'mg/dL',
        'mmol/L',
        'umol/L',
        '10*3/uL',
        '10*6/uL',
        '10^9/L',
        '/uL',
        '/min',
        'mm[Hg]',
        'cm[H2O]',
        'kPa',
        '%',
        'fL',
        'pg',
      ],
      ...[
        'kg/m2',
        'U/L',
        'm[iU]/L',
        'mL/min/{1.73_m2}',
        'mL/min/1.73',
        '{score}',
        '{#}',
        '{cells}/uL',
        'mosm/kg',
        'meq/L',
      ],
      ...['min/d', '/a', '/h', '[lb_av]', '[in_i]', '(mg/dL)', 'kg.m/s2', 'm-1', 'g{creat}'],
    ])
      expect(parseUnit(code), code).toBeDefined();
  });

  it('refuses what is none', () => {
    for (const code of [
      '',
      'mg/',
      '/',
      'foo',
      'mg//dL',
      '(score)',
      'mg dL',
      'k%',
      '{open',
      'm[',
      '()',
      '0',
      'mg/dL'.repeat(20),
      '('.repeat(60),
    ])
      expect(parseUnit(code), code).toBeUndefined();
  });

  it('ends for any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 70 }), (text) => void parseUnit(text)));
    const symbols = fc.constantFrom(
      'm',
      'g',
      '/',
      '.',
      '(',
      ')',
      '{x}',
      '10*',
      '2',
      '-',
      '[in_i]',
      '%',
      'd',
      'k',
      '[',
      '}',
    );
    fc.assert(
      fc.property(fc.array(symbols, { maxLength: 20 }), (parts) => {
        const unit = parseUnit(parts.join(''));
        if (unit) expect(Object.values(unit.powers)).not.toContain(0);
      }),
    );
  });
});

describe('converter', () => {
  /*
   * By arithmetic on the definitions: 1 in = 2.54 cm, 1 lb = 0.45359237 kg, 1 mmHg = 133.322 Pa, 1 U = 1 umol/min,
   * 1 a = 365.25 d; by the molar masses of their formulas: glucose 18.0156 mg/dL a mmol/L, cholesterol 38.6664.
   */
  it.each([
    [100, 'mg/dL', 'g/L', 1, undefined],
    [14.1, 'g/dL', 'g/L', 141, undefined],
    [70, '[in_i]', 'cm', 177.8, undefined],
    [6, '[ft_i]', 'm', 1.8288, undefined],
    [150, '[lb_av]', 'kg', 68.0388555, undefined],
    [16, '[oz_av]', '[lb_av]', 1, undefined],
    [37, 'Cel', '[degF]', 98.6, undefined],
    [98.6, '[degF]', 'Cel', 37, undefined],
    [0, 'Cel', 'K', 273.15, undefined],
    [120, 'mm[Hg]', 'kPa', 15.99864, undefined],
    [5, '10*3/uL', '10*9/L', 5, undefined],
    [4500, '/uL', '10*3/uL', 4.5, undefined],
    [60, '/min', 'Hz', 1, undefined],
    [60, 'U/L', 'ukat/L', 1, undefined],
    [0.42, '1', '%', 42, undefined],
    [2, 'a', 'd', 730.5, undefined],
    [18, 'mo', 'a', 1.5, undefined],
    [180.156, 'mg/dL', 'mmol/L', 10, 'glucose'],
    [10, 'mmol/L', 'mg/dL', 180.156, 'glucose'],
    [200, 'mg/dL', 'mmol/L', 5.17245, 'cholesterol'],
    [1, 'mg/dL', 'umol/L', 88.402, 'creatinine'],
    [14, 'mg/dL', 'mmol/L', 4.9975, 'urea-nitrogen'],
    [15, 'g/dL', 'mmol/L', 9.308, 'hemoglobin'],
    [140, 'meq/L', 'mmol/L', 140, 'sodium'],
    [5, 'meq/L', 'mmol/L', 2.5, 'calcium'],
    [10.02, 'mg/dL', 'meq/L', 5.0003, 'calcium'],
    [10, 'mg/dL', 'mmol/L', 1, 100],
    [48, 'mmol/mol', '%', 6.543, 'hba1c'],
    [7, '%', 'mmol/mol', 52.995, 'hba1c'],
  ] as const)('%d %s in %s is %d', (value, from, to, expected, analyte) => {
    expect(told(value, from, to, analyte)! / expected).toBeCloseTo(1, 4);
  });

  it('is exact where only the decimal point moves', () => {
    expect(told(100, 'mg/dL', 'g/L')).toBe(1);
    expect(told(14.1, 'g/dL', 'g/L')).toBe(141);
    expect(told(7.3, 'mmol/L', 'umol/mL')).toBe(7.3);
    expect(told(0.3, 'kg', 'g')).toBe(300);
    expect(told(37, 'Cel', '[degF]')).toBe(98.6);
  });

  it('is near what textbooks round creatinine to', () => {
    expect(Math.abs(told(1, 'mg/dL', 'umol/L', 'creatinine')! / 88.42 - 1)).toBeLessThan(3e-4);
  });

  it('tells nothing in what is of another kind', () => {
    for (const [from, to, analyte] of [
      ['mg/dL', 'mmol/L', undefined],
      ['mg/dL', 'mmHg', undefined],
      ['kg', 'cm', undefined],
      ['meq/L', 'mmol/L', undefined],
      ['meq/L', 'mmol/L', 'glucose'],
      ['U/L', '[iU]/L', undefined],
      ['mg/dL', 'mmol', 'glucose'],
      ['Cel', 'kg', undefined],
      // 7 % would be 70 mmol/mol: both are shares, of different things
      ['%', 'mmol/mol', undefined],
      ['mmol/mol', '%', undefined],
      ['%', 'mmol/mol', 'glucose'],
      ['mm[Hg]', 'mmol/mol', 'hba1c'],
      ['foo', 'foo', undefined],
    ] as const)
      expect(converter(from, to, analyte), `${from} ${to}`).toBeUndefined();
  });

  it('comes back', () => {
    const units = ['mg/dL', 'g/L', 'ug/mL', 'mmol/L', 'umol/L', 'nmol/mL'];
    fc.assert(
      fc.property(
        fc.constantFrom(...units),
        fc.constantFrom(...units),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (a, b, value) => {
          expect(told(told(value, a, b, 'glucose')!, b, a, 'glucose')! / value).toBeCloseTo(1, 12);
        },
      ),
    );
    expect(told(told(6.5, '%', 'mmol/mol', 'hba1c')!, 'mmol/mol', '%', 'hba1c')).toBeCloseTo(6.5, 12);
  });

  it('knows each of its atoms', () => {
    for (const code of Object.keys(atoms)) expect(isUnit(code), code).toBe(true);
  });
});

describe('spellings', () => {
  it('are units of UCUM', () => {
    for (const written of ['mmHg', '°C', ' lbs ', 'bpm', 'K/uL', 'mEq/L', '(score)', 'µg/L', 'mIU/L', 'in'])
      expect(isUnit(unitCode(written)), written).toBe(true);
    expect(unitCode('mg/dL')).toBe('mg/dL');
    expect(unitCode('constructor')).toBe('constructor');
  });

  it('are named in messages, and nothing else is', () => {
    for (const unit of ['mg/dL', '10*3/uL', 'tablets', 'mg/dag', '(score)', 'unit concept 8840'])
      expect(unitName(unit)).toBe(unit);
    for (const text of [
      'born 1957 in Bergen',
      'Ada Lovelace',
      'Lovelace',
      '# per day',
      'x'.repeat(100),
      'seropositivity1',
    ])
      expect(unitName(text)).toBe('a unit in words');
  });
});
