import { analytes, charges } from './analytes.js';
import type { Dimension, Unit } from './atoms.js';
import { parseUnit } from './parse-unit.js';

/** A value in another unit. */
export type Convert = (value: number) => number;

/** Which substance is measured: a name of `analytes`, `hba1c`, or its molar mass in g/mol. */
export type Analyte = string | number;

const same: Convert = (value) => value;

/** To and from kelvin: no multiples of it. */
const temperatures: Readonly<Record<string, { readonly toKelvin: Convert; readonly fromKelvin: Convert }>> = {
  K: { toKelvin: same, fromKelvin: same },
  Cel: { toKelvin: (c) => c + 273.15, fromKelvin: (k) => k - 273.15 },
  '[degF]': { toKelvin: (f) => ((f + 459.67) * 5) / 9, fromKelvin: (k) => (k * 9) / 5 - 459.67 },
};
/** Without the way over kelvin, which would leave 98.60000000000002 of 37 degrees. */
const direct: Readonly<Record<string, Convert>> = {
  'Cel>[degF]': (c) => (c * 9) / 5 + 32,
  '[degF]>Cel': (f) => ((f - 32) * 5) / 9,
};

/** True for a unit that `converter` knows. */
export function isUnit(code: string): boolean {
  return Object.hasOwn(temperatures, code) || parseUnit(code) !== undefined;
}

/**
 * How a value in one unit is told in another; both are codes of UCUM.
 *
 * Masses become amounts by the analyte's molar mass, equivalents by the charges of an ion. Haemoglobin A1c in % (NGSP) and in
 * mmol/mol (IFCC) are both shares, of different things: they are converted by the master equation
 * NGSP = 0.09148 IFCC + 2.152 (Hoelzel et al., Clin Chem 50:166-174, 2004), and only where the analyte says that it is `hba1c`.
 *
 * @returns undefined where one is no known unit, or they can't be told in each other
 */
export function converter(from: string, to: string, analyte?: Analyte): Convert | undefined {
  if (from === to) return isUnit(from) ? same : undefined;
  if (Object.hasOwn(temperatures, from) && Object.hasOwn(temperatures, to))
    return direct[`${from}>${to}`] ?? ((value) => temperatures[to]!.fromKelvin(temperatures[from]!.toKelvin(value)));
  const [source, target] = [parseUnit(from), parseUnit(to)];
  if (!source || !target) return undefined;
  if (ofMoles(from) !== ofMoles(to)) return glycated(from, to, source, target, analyte);
  const factor = bridge(source, target, analyte);
  return factor === undefined ? undefined : scale(source, target, factor);
}

/** A share of moles, such as mmol/mol: as a number it is a share of anything. */
const ofMoles = (code: string): boolean => /mol\/[munp]?mol/.test(code);

function glycated(from: string, to: string, source: Unit, target: Unit, analyte?: Analyte): Convert | undefined {
  const isShare = ({ powers }: Unit) => Object.keys(powers).length === 0;
  if (analyte !== 'hba1c' || !isShare(source) || !isShare(target)) return undefined;
  const [percent, perMille] = [parseUnit('%')!, parseUnit('mmol/mol')!];
  if (ofMoles(from)) {
    const [read, write] = [scale(source, perMille, 1), scale(percent, target, 1)];
    return (value) => write(0.09148 * read(value) + 2.152);
  }
  const [read, write] = [scale(source, percent, 1), scale(perMille, target, 1)];
  return (value) => write((read(value) - 2.152) / 0.09148);
}

/** What joins mass, amount and charge; 1 where the units are of one kind, undefined where nothing joins them. */
function bridge(source: Unit, target: Unit, analyte: Analyte | undefined): number | undefined {
  const more = (dimension: Dimension) => (source.powers[dimension] ?? 0) - (target.powers[dimension] ?? 0);
  for (const dimension of ['length', 'time', 'temperature', 'osmoles', 'iu', 'ph'] as const)
    if (more(dimension) !== 0) return undefined;
  const [mass, amount, charge] = [more('mass'), more('amount'), more('charge')];
  if (mass + amount + charge !== 0) return undefined;
  let factor = 1;
  if (mass !== 0) {
    const molarMass = typeof analyte === 'number' ? analyte : analytes[analyte as keyof typeof analytes];
    if (molarMass === undefined) return undefined;
    factor /= molarMass ** mass;
  }
  if (charge !== 0) {
    const perMole = typeof analyte === 'string' ? charges[analyte] : undefined;
    if (perMole === undefined) return undefined;
    factor /= perMole ** charge;
  }
  return factor;
}

/** Powers of ten are divided by where they are negative: 0.001 is no float64, 1000 is. */
function scale(source: Unit, target: Unit, factor: number): Convert {
  const power = source.exponent - target.exponent;
  const multiple = (source.mantissa / target.mantissa) * factor;
  if (power < 0) return (value) => (value * multiple) / 10 ** -power;
  return (value) => value * multiple * 10 ** power;
}
