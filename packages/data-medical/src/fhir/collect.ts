import type { EventColumn, RecordColumn } from '../records/columns.js';
import { readsValue } from '../records/mapping.js';
import { Measure } from '../records/measured.js';
import { momentOf, type Moment } from '../records/moment.js';
import type { Patients } from '../records/patients.js';
import type { Tally } from '../records/tally.js';
import { codingsOf, hasCodeOf, type Codes } from './codes.js';
import { isObject, objectIn, objectsIn, textIn, wordFor, wrongAt, type JsonRecord } from './json.js';
import { kindOf, whyNot } from './kinds.js';
import type { FhirMapping } from './mapping.js';
import { parsePath, valueAt, type Path } from './path.js';
import { patientId, patientOf, resolved } from './references.js';
import type { Found } from './resources.js';
import { valueOf, type ValueReader } from './values.js';

/** What is looked for among the resources of a type. */
interface Query {
  /** Undefined: the index. */
  readonly column: number | undefined;
  readonly subject: string;
  readonly code: Codes | undefined;
  readonly component: Codes | undefined;
  readonly codePaths: readonly Path[];
  readonly datePaths: readonly Path[];
  readonly valuePath: Path;
  /** Undefined where no value is read. */
  readonly reader: ValueReader | undefined;
  readonly undated: boolean;
}

/** Takes of each resource what the columns need. */
export class FhirCollector {
  readonly #queries = new Map<string, Query[]>();
  readonly #facts: { readonly column: number; readonly path: Path; readonly needsDate: boolean }[] = [];

  constructor(
    { index, columns }: FhirMapping,
    plans: readonly RecordColumn[],
    private readonly patients: Patients,
    private readonly tally: Tally,
  ) {
    if (index && 'resource' in index) this.#ask(index.resource, { ...index, column: undefined, plan: undefined });
    Object.values(columns).forEach((column, i) => {
      const plan = plans[i]!;
      if ('path' in column) {
        const needsDate = plan.kind === 'fact' && plan.as !== undefined;
        this.#facts.push({ column: i, path: parsePath(column.path)!, needsDate });
      } else this.#ask(column.resource, { ...column, column: i, plan: plan as EventColumn });
    });
  }

  #ask(
    resource: string,
    asked: {
      readonly column: number | undefined;
      readonly plan: EventColumn | undefined;
      readonly code?: Codes | undefined;
      readonly component?: Codes | undefined;
      readonly date?: string | undefined;
      readonly value?: string | undefined;
      readonly valueSystem?: string | undefined;
    },
  ): void {
    const kind = kindOf(resource);
    const { column, plan, code, component } = asked;
    const { tally } = this;
    const query: Query = {
      column,
      subject: plan ? `column "${plan.name}"` : 'index',
      code,
      component,
      codePaths: kind.codes.map((path) => parsePath(path)!),
      datePaths: (asked.date === undefined ? kind.dates : [asked.date]).map((path) => parsePath(path)!),
      valuePath: parsePath(asked.value ?? 'value[x]')!,
      reader:
        plan && readsValue(plan.aggregate)
          ? { column: plan, measure: new Measure(plan, tally), system: asked.valueSystem, tally }
          : undefined,
      undated: plan?.ever === true,
    };
    const queries = this.#queries.get(resource);
    if (queries) queries.push(query);
    else this.#queries.set(resource, [query]);
  }

  /** @throws {FedwardError} DATA_MALFORMED, DATA_NOT_FINITE, with the place */
  take(found: Found): void {
    if (found.type === 'Patient') this.#takePatient(found);
    else for (const query of this.#queries.get(found.type) ?? []) this.#answer(query, found);
  }

  #takePatient({ resource, fullUrl, place, file }: Found): void {
    const id = patientId(resource, fullUrl, place, file);
    if (id === undefined) throw wrongAt(place, 'a Patient without an "id"', file);
    const why = whyNot(resource, place, file);
    if (why !== undefined) return this.tally.add('patients', `left out: ${why}`);
    const patient = this.patients.know(id);
    if (objectsIn(resource, 'link', place, file).some(({ type }) => type === 'replaced-by'))
      this.tally.add('patients', 'patients that are replaced by another record, kept as they are');
    for (const { column, path, needsDate } of this.#facts) {
      const node = path.text === 'id' ? id : valueAt(resource, path);
      if (node === undefined) continue;
      if (typeof node === 'object')
        throw wrongAt(place, `"${path.text}" is ${wordFor(node)}: go on to a text, a number or a boolean`, file);
      const text = String(node).trim();
      const isDate = needsDate && typeof node !== 'boolean';
      const moment = isDate ? momentOf(text) : undefined;
      if (isDate && !moment) throw wrongAt(place, `"${path.text}" is no date such as 2024-01-31`, file);
      if (text !== '') this.patients.setFact(patient, column, { text, moment });
    }
  }

  #answer(query: Query, found: Found): void {
    const { resource, place, file, type } = found;
    if (query.code && !this.#hasCode(query, query.code, found)) return;
    const { component } = query;
    const part = component
      ? objectsIn(resource, 'component', place, file).find(({ code }) =>
          hasCodeOf(codingsOf(code, place, file), component, place, file),
        )
      : resource;
    if (!part) return;
    const leaveOut = (what: string): void => this.tally.add(query.subject, `left out: ${what}`);
    const why = whyNot(resource, place, file);
    if (why !== undefined) return leaveOut(why);
    const patient = patientOf(found);
    if (patient === undefined) return leaveOut('no reference to a patient');
    const moment = this.#momentOf(query, found);
    if (!moment && !query.undated) return leaveOut('no date');
    let value: number | string | undefined;
    if (query.reader) {
      const read = valueOf(valueAt(part, query.valuePath), query.reader, place, file);
      if (read === null) return;
      value = read;
      if (value === undefined) {
        const absent = objectIn(part, 'dataAbsentReason', place, file) !== undefined;
        return leaveOut(absent ? 'no value, for a reason that is given' : 'no value');
      }
    }
    const id = textIn(resource, 'id', place, file);
    this.patients.addEvent(patient, query.column, { moment, value }, id === undefined ? undefined : `${type}/${id}`);
  }

  #hasCode({ codePaths, subject }: Query, code: Codes, found: Found): boolean {
    const { resource, place, file } = found;
    return codePaths.some(({ text }) => {
      const node = Object.hasOwn(resource, text) ? resource[text] : undefined;
      if (!text.endsWith('Reference')) return hasCodeOf(codingsOf(node, place, file), code, place, file);
      if (!isObject(node)) return false;
      const target: JsonRecord | undefined = resolved(node, found);
      if (!target) this.tally.add(subject, 'drugs that are only referred to, and not in the bundle: not looked at');
      return target !== undefined && hasCodeOf(codingsOf(target['code'], place, file), code, place, file);
    });
  }

  #momentOf({ datePaths }: Query, { resource, place, file }: Found): Moment | undefined {
    for (const path of datePaths) {
      const node = valueAt(resource, path);
      if (node === undefined) continue;
      const moment = typeof node === 'string' ? momentOf(node.trim()) : undefined;
      if (!moment) throw wrongAt(place, `"${path.text}" is no date such as 2024-01-31T08:30:00+01:00`, file);
      return moment;
    }
    return undefined;
  }
}
