/** Powers of what a unit is made of. Amount and mass are apart: only an analyte's molar mass joins them. */
export type Dimension = 'length' | 'mass' | 'time' | 'amount' | 'temperature' | 'charge' | 'osmoles' | 'iu' | 'ph';

/** A unit as `mantissa * 10^exponent` of base units (metre, gram, second, mole, kelvin). Ten's power is kept apart, so that
 * what only moves the decimal point is exact. */
export interface Unit {
  readonly mantissa: number;
  readonly exponent: number;
  /** Powers that are not 0. */
  readonly powers: Readonly<Partial<Record<Dimension, number>>>;
}

/** A unit without a prefix. */
export interface Atom extends Unit {
  /** It may have a prefix. */
  readonly metric: boolean;
}

const atom = (mantissa: number, exponent: number, powers: Unit['powers'], metric = false): Atom => ({
  mantissa,
  exponent,
  powers,
  metric,
});

const volume = { length: 3 } as const;
const time = { time: 1 } as const;
const pressure = { mass: 1, length: -1, time: -2 } as const;
const energy = { mass: 1, length: 2, time: -2 } as const;
const catalysis = { amount: 1, time: -1 } as const;

/**
 * The units that records of patients have, as UCUM 2.2 defines them (tables 4 to 14), with two exceptions. An equivalent
 * (`eq`) and an osmole are a mole there; here they are their own, because 1 mmol of calcium is 2 meq. And what a
 * procedure defines (`[iU]`, `[pH]`) is its own, as there.
 */
export const atoms: Readonly<Record<string, Atom>> = {
  m: atom(1, 0, { length: 1 }, true),
  g: atom(1, 0, { mass: 1 }, true),
  s: atom(1, 0, time, true),
  K: atom(1, 0, { temperature: 1 }, true),
  mol: atom(1, 0, { amount: 1 }, true),
  eq: atom(1, 0, { charge: 1 }, true),
  osm: atom(1, 0, { osmoles: 1 }, true),
  '[iU]': atom(1, 0, { iu: 1 }, true),
  '[IU]': atom(1, 0, { iu: 1 }, true),
  '[pH]': atom(1, 0, { ph: 1 }),
  // pure numbers
  '10*': atom(1, 1, {}),
  '10^': atom(1, 1, {}),
  '%': atom(1, -2, {}),
  '[ppth]': atom(1, -3, {}),
  '[ppm]': atom(1, -6, {}),
  '[ppb]': atom(1, -9, {}),
  // volume
  L: atom(1, -3, volume, true),
  l: atom(1, -3, volume, true),
  // time
  min: atom(60, 0, time),
  h: atom(36, 2, time),
  d: atom(864, 2, time),
  wk: atom(6048, 2, time),
  mo: atom(26298, 2, time), // a Julian year by 12
  a: atom(315576, 2, time),
  Hz: atom(1, 0, { time: -1 }, true),
  // length and mass that are not metric
  '[in_i]': atom(254, -4, { length: 1 }),
  '[ft_i]': atom(3048, -4, { length: 1 }),
  '[lb_av]': atom(45359237, -5, { mass: 1 }),
  '[oz_av]': atom(28349523125, -9, { mass: 1 }),
  // pressure, energy, enzymes; in grams, so that a pascal is 1000
  Pa: atom(1, 3, pressure, true),
  bar: atom(1, 8, pressure, true),
  'm[Hg]': atom(133322, 3, pressure, true),
  'm[H2O]': atom(980665, 1, pressure, true),
  N: atom(1, 3, { mass: 1, length: 1, time: -2 }, true),
  dyn: atom(1, -2, { mass: 1, length: 1, time: -2 }, true),
  J: atom(1, 3, energy, true),
  cal: atom(4184, 0, energy, true),
  W: atom(1, 3, { mass: 1, length: 2, time: -3 }, true),
  kat: atom(1, 0, catalysis, true),
  U: atom(1 / 6, -7, catalysis, true), // 1 umol/min
};

/** Powers of ten. */
export const prefixes: Readonly<Record<string, number>> = {
  ...{ T: 12, G: 9, M: 6, k: 3, h: 2, da: 1, d: -1, c: -2, m: -3, u: -6, n: -9, p: -12, f: -15, a: -18 },
};
