/** A ratio between two units that are in use for one measurement, and what it is that of. */
interface UnitRatio {
  readonly ratio: number;
  readonly words: string;
}

/**
 * Ratios of units that hospitals differ by: molar masses of IUPAC's atomic weights (creatinine 113.12 g/mol, glucose
 * 180.16, cholesterol 386.65, triglycerides 885.4 as triolein, urea nitrogen 28.01, bilirubin 584.66, uric acid 168.11,
 * calcium 40.08), and those of length, mass and powers of ten.
 */
const ratios: readonly UnitRatio[] = [
  { ratio: 88.45, words: 'creatinine in umol/L and mg/dL, or triglycerides in mg/dL and mmol/L' },
  { ratio: 18.016, words: 'glucose in mg/dL and mmol/L' },
  { ratio: 38.67, words: 'cholesterol in mg/dL and mmol/L' },
  { ratio: 17.1, words: 'bilirubin in umol/L and mg/dL' },
  { ratio: 59.48, words: 'uric acid in umol/L and mg/dL' },
  { ratio: 2.54, words: 'a length in cm and inches' },
  { ratio: 2.2046, words: 'a mass in pounds and kg' },
  { ratio: 7.5006, words: 'a pressure in mmHg and kPa' },
  { ratio: 365.25, words: 'a time in days and years' },
  { ratio: 12, words: 'a time in months and years' },
  { ratio: 1000, words: 'a unit and its thousandth' },
  { ratio: 100, words: 'a unit and its hundredth, such as percent and share' },
  { ratio: 10, words: 'a unit and its tenth, such as g/L and g/dL, or cm and mm' },
];

/** How far, relatively, hospitals' medians may be from a ratio: patients differ too. */
const tolerance = 0.12;

/**
 * Whether two hospitals' medians differ as two units do.
 * @returns in words; undefined where they don't
 */
export function unitsApart(a: number, b: number): string | undefined {
  if (!(a > 0 && b > 0)) return undefined;
  // Body temperatures, F = 1.8 C + 32, whose ratio is near that of a length's units.
  const [low, high] = a < b ? [a, b] : [b, a];
  if (low > 30 && low < 43 && Math.abs(high - (1.8 * low + 32)) < 2)
    return 'a temperature in degrees Celsius and Fahrenheit';
  const [nearest] = ratios
    .map(({ ratio, words }) => ({ words, off: Math.abs(Math.log(high / low / ratio)) }))
    .filter(({ off }) => off < tolerance)
    .sort((x, y) => x.off - y.off);
  return nearest?.words;
}
