import type { EventColumn } from '../records/columns.js';
import type { Measure, Quantity } from '../records/measured.js';
import type { Tally } from '../records/tally.js';
import { codeIn, codingsOf } from './codes.js';
import { isObject, textIn, wordFor, wrongAt, type JsonRecord } from './json.js';

/** How the values of a column are read. */
export interface ValueReader {
  readonly column: EventColumn;
  readonly measure: Measure;
  readonly system: string | undefined;
  readonly tally: Tally;
}

/**
 * A value of FHIR as a number or text: a Quantity in the column's unit, an integer or decimal as it is, a CodeableConcept or
 * Coding as its code, a boolean as `true` or `false`, text and dates as they are.
 *
 * @returns undefined where there is none, null where it was left out and counted
 * @throws {FedwardError} DATA_MALFORMED for another form, with the place; as `Measure.read`
 */
export function valueOf(
  node: unknown,
  { column, measure, system, tally }: ValueReader,
  place: string,
  file: string,
): number | string | null | undefined {
  const value = read(node, measure, system, place, file);
  if (typeof value !== 'string') return value;
  if (['mean', 'min', 'max'].includes(column.aggregate)) {
    tally.add(`column "${column.name}"`, `values left out that are no numbers: ${column.aggregate} has none of them`);
    return null;
  }
  const text = value.trim();
  return text === '' ? undefined : text;
}

function read(
  node: unknown,
  measure: Measure,
  system: string | undefined,
  place: string,
  file: string,
): number | string | null | undefined {
  if (node === undefined || node === null) return undefined;
  if (typeof node === 'string') return node;
  if (typeof node === 'boolean') return String(node);
  if (typeof node === 'number') return measure.read({ value: node, unit: undefined, bound: false, plain: true }, place);
  if (!isObject(node)) throw wrongAt(place, `${wordFor(node)} where a value should be`, file);
  const codings = codingsOf(node, place, file);
  if (!Object.hasOwn(node, 'value') && codings.length > 0) return codeIn(codings, system, place, file);
  if (Object.hasOwn(node, 'value')) {
    const quantity = quantityOf(node, place, file);
    return quantity && measure.read(quantity, place);
  }
  // A concept in words, and a quantity of which only the unit is there, have no value that could be told.
  if (['text', 'unit', 'code', 'system', 'extension', 'comparator'].some((name) => Object.hasOwn(node, name)))
    return undefined;
  throw wrongAt(place, 'a value of a type that is not read: a Quantity, a code, a number or a text is', file);
}

/** The code of UCUM is its unit; where there is none, what people read. */
function quantityOf(node: JsonRecord, place: string, file: string): Quantity | undefined {
  const { value } = node;
  if (value === null) return undefined;
  if (typeof value !== 'number') throw wrongAt(place, `"value" is ${wordFor(value)} where a number should be`, file);
  const system = textIn(node, 'system', place, file);
  const code = textIn(node, 'code', place, file);
  const unit = textIn(node, 'unit', place, file);
  const isUcum = system === undefined || system === 'http://unitsofmeasure.org';
  const said = (isUcum ? code : undefined) ?? unit ?? code;
  const comparator = textIn(node, 'comparator', place, file);
  return { value, unit: said?.trim() === '' ? undefined : said, bound: comparator !== undefined };
}
