import { parseUnit } from './parse-unit.js';

/**
 * Units as people write them where there is no code, such as in `valueQuantity.unit` or `UNIT_SOURCE_VALUE`, and what UCUM
 * calls them. Only what can mean one thing.
 */
const spellings: Readonly<Record<string, string>> = {
  mmHg: 'mm[Hg]',
  'mm Hg': 'mm[Hg]',
  cmH2O: 'cm[H2O]',
  C: 'Cel',
  '°C': 'Cel',
  'deg C': 'Cel',
  F: '[degF]',
  '°F': '[degF]',
  'deg F': '[degF]',
  in: '[in_i]',
  inches: '[in_i]',
  ft: '[ft_i]',
  lb: '[lb_av]',
  lbs: '[lb_av]',
  oz: '[oz_av]',
  bpm: '/min',
  'beats/min': '/min',
  'breaths/min': '/min',
  years: 'a',
  days: 'd',
  hours: 'h',
  minutes: 'min',
  mEq: 'meq',
  'mEq/L': 'meq/L',
  IU: '[iU]',
  'IU/L': '[iU]/L',
  'mIU/L': 'm[iU]/L',
  'uIU/mL': 'u[iU]/mL',
  'K/uL': '10*3/uL',
  'M/uL': '10*6/uL',
  'x10^3/uL': '10*3/uL',
  'x10^9/L': '10*9/L',
  'x10^6/uL': '10*6/uL',
  'x10^12/L': '10*12/L',
  score: '{score}',
  '(score)': '{score}',
  '#': '{#}',
};

/** The code of UCUM for a unit as somebody wrote it; what is not in the list is taken as it is. Micro has two letters. */
export function unitCode(written: string): string {
  const text = written.trim().replace(/[µμ]/g, 'u');
  return Object.hasOwn(spellings, text) ? spellings[text]! : text;
}

/** A unit for a message: as it was written where it looks like a code, and never in words, which may say something else. */
export function unitName(written: string): string {
  const isCode =
    /^(?=.*[/%*^[\]])[A-Za-z0-9%°./*^[\]()_+-]{1,24}$|^[a-z]{1,9}$/.test(written) && !/\d{4}|[a-z]{10}/i.test(written);
  const ofOmop = /^unit concept \d{1,10}$/.test(written);
  return isCode || ofOmop || parseUnit(unitCode(written)) ? written : 'a unit in words';
}
