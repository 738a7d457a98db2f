import { FedwardError } from '@fedward/core';
import { converter, type Convert } from '../units/converter.js';
import { unitCode, unitName } from '../units/spellings.js';
import type { EventColumn } from './columns.js';
import type { Tally } from './tally.js';

/** A number as a record has it. */
export interface Quantity {
  readonly value: number;
  /** As it was written, a code or not; undefined where none is said. */
  readonly unit: string | undefined;
  /** It is a bound, such as `<5`. */
  readonly bound: boolean;
  /** A number that has no unit by its nature, such as FHIR's `valueInteger`. */
  readonly plain?: boolean;
}

/** Tells the quantities of one column in its unit. */
export class Measure {
  readonly #converters = new Map<string, Convert | undefined>();

  constructor(
    private readonly column: EventColumn,
    private readonly tally: Tally,
  ) {}

  /**
   * @param place of the record, for messages
   * @returns null where it is left out, and counted
   * @throws {FedwardError} DATA_MALFORMED for a unit that is missing, unknown, or of another kind; for a bound, where the
   *   mapping says so. DATA_NOT_FINITE
   */
  read({ value, unit, bound, plain = false }: Quantity, place: string): number | null {
    const { name, bounds } = this.column;
    if (!Number.isFinite(value))
      throw new FedwardError('DATA_NOT_FINITE', `${place}, column "${name}": a number beyond 1.8e308`, name);
    if (bound) {
      if (bounds === 'error') throw this.#wrong(place, 'a bound (such as <5) and no value; "bounds" says what to do');
      this.tally.add(
        this.#subject,
        bounds === 'take' ? 'bounds (such as <5) taken as values' : 'bounds (such as <5) left out',
      );
      if (bounds === 'leave-out') return null;
    }
    const convert = this.#convertFrom(unit, plain, place);
    if (!convert) return null;
    const converted = convert(value);
    if (!Number.isFinite(converted))
      throw new FedwardError(
        'DATA_NOT_FINITE',
        `${place}, column "${name}": beyond 1.8e308 in ${this.column.unit}`,
        name,
      );
    return converted;
  }

  #convertFrom(written: string | undefined, plain: boolean, place: string): Convert | undefined {
    const { unit: target, assumeUnit } = this.column;
    if (target === undefined) {
      if (written === undefined) return (value) => value;
      throw this.#wrong(place, `a value in ${unitName(written)}: say with "unit" in which one it is told`);
    }
    if (written === undefined) {
      const assumed = assumeUnit ?? (plain ? '1' : undefined);
      if (assumed === undefined)
        return this.#leaveOut(place, 'a value without a unit; "assumeUnit" says which one is meant');
      if (!plain) this.tally.add(this.#subject, `values without a unit, taken as ${assumed}`);
      return this.#converter(assumed) ?? this.#leaveOut(place, `a number without a unit can't be told in ${target}`);
    }
    const convert = this.#converter(unitCode(written));
    const said = unitName(written);
    if (!convert) return this.#leaveOut(place, `${said} is unknown here, or can't be told in ${target}${this.#hint()}`);
    if (unitCode(written) !== target) this.tally.add(this.#subject, `values in ${said}, converted to ${target}`);
    return convert;
  }

  #converter(code: string): Convert | undefined {
    if (this.#converters.has(code)) return this.#converters.get(code);
    const { unit, analyte } = this.column;
    const found = converter(code, unit!, analyte);
    if (this.#converters.size < 1000) this.#converters.set(code, found);
    return found;
  }

  #hint(): string {
    return this.column.analyte === undefined ? '; "analyte" joins mass and amount' : '';
  }

  #leaveOut(place: string, what: string): undefined {
    if (this.column.otherUnits === 'error') throw this.#wrong(place, what);
    this.tally.add(this.#subject, `values left out: ${what}`);
    return undefined;
  }

  #wrong(place: string, what: string): FedwardError {
    return new FedwardError('DATA_MALFORMED', `${place}, column "${this.column.name}": ${what}`, this.column.name);
  }

  get #subject(): string {
    return `column "${this.column.name}"`;
  }
}
