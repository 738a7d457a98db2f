import type { Aggregate } from './mapping.js';
import type { AgeUnit } from './moment.js';
import { windowOf, type Window, type WindowInput } from './window.js';
import type { Analyte } from '../units/converter.js';

/** A column of something that a patient is or has once. */
export interface FactColumn {
  readonly kind: 'fact';
  readonly name: string;
  readonly as: 'ageAtIndex' | 'daysFromIndex' | 'within' | undefined;
  readonly unit: AgeUnit;
  readonly within: Window;
}

/** A column of what is recorded of a patient any number of times. */
export interface EventColumn {
  readonly kind: 'events';
  readonly name: string;
  readonly aggregate: Aggregate;
  readonly within: Window;
  /** All records count, also those without a date. */
  readonly ever: boolean;
  readonly unit: string | undefined;
  readonly assumeUnit: string | undefined;
  readonly analyte: Analyte | undefined;
  readonly otherUnits: 'error' | 'leave-out';
  readonly bounds: 'take' | 'leave-out' | 'error';
}

export type RecordColumn = FactColumn | EventColumn;

/** What the columns of all formats have in common, as their schemas give it. */
type Written = {
  readonly within?: WindowInput | undefined;
} & (
  | { readonly as?: FactColumn['as']; readonly unit?: AgeUnit | undefined; readonly aggregate?: undefined }
  | (Omit<EventColumn, 'kind' | 'name' | 'within' | 'ever' | 'unit' | 'assumeUnit' | 'analyte'> & {
      readonly unit?: string | undefined;
      readonly assumeUnit?: string | undefined;
      readonly analyte?: Analyte | undefined;
    })
);

/** @param hasIndex without one, all that is recorded counts */
export function recordColumn(name: string, column: Written, hasIndex: boolean): RecordColumn {
  const written = column.within ?? (hasIndex ? {} : 'ever');
  const within = windowOf(written);
  if (column.aggregate === undefined) return { kind: 'fact', name, as: column.as, unit: column.unit ?? 'a', within };
  const { aggregate, unit, assumeUnit, analyte, otherUnits, bounds } = column;
  return {
    kind: 'events',
    name,
    aggregate,
    within,
    ever: written === 'ever',
    unit,
    assumeUnit,
    analyte,
    otherUnits,
    bounds,
  };
}
