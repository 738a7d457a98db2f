import type { RecordColumn } from './columns.js';
import type { Moment } from './moment.js';
import type { Tally } from './tally.js';

/** One record that a column may use. */
export interface Event {
  /** Undefined where none is said. */
  readonly moment: Moment | undefined;
  readonly value: number | string | undefined;
}

/** A field of a patient. */
export interface Fact {
  readonly text: string;
  /** What it is as a date, where the column needs one. */
  readonly moment?: Moment | undefined;
}

/** What is kept of a patient: only what columns need. */
export interface PatientRecord {
  readonly id: string;
  /** The patient's own record was met, and not only others that point to it. */
  known: boolean;
  readonly facts: (Fact | undefined)[];
  readonly events: (Event[] | undefined)[];
  readonly indexes: Moment[];
}

/** Patients by their ids, whatever the order in which their records come. */
export class Patients {
  readonly #byId = new Map<string, PatientRecord>();
  readonly #known: PatientRecord[] = [];
  /** Records that are kept, so that one that comes twice counts once. */
  readonly #seen = new Set<string>();

  constructor(
    readonly columns: readonly RecordColumn[],
    private readonly tally: Tally,
  ) {}

  /** Whose own record was met, in the order of these. */
  get known(): readonly PatientRecord[] {
    return this.#known;
  }

  /** How many have records, and no record of their own. */
  get unknown(): number {
    return this.#byId.size - this.#known.length;
  }

  know(id: string): PatientRecord {
    const patient = this.#of(id);
    if (!patient.known) this.#known.push(patient);
    patient.known = true;
    return patient;
  }

  /** What was said first stays; what differs from it is counted. */
  setFact(patient: PatientRecord, column: number, fact: Fact): void {
    const earlier = patient.facts[column];
    if (!earlier) patient.facts[column] = fact;
    else if (earlier.text !== fact.text)
      this.tally.add(
        `column "${this.columns[column]!.name}"`,
        'another record of the patient says otherwise: the first counts',
      );
  }

  /**
   * @param column undefined: the index
   * @param record what tells it apart from all others, such as its id; undefined where nothing does
   */
  addEvent(id: string, column: number | undefined, event: Event, record: string | undefined): void {
    if (record !== undefined) {
      const key = `${column ?? ''}|${record}`;
      if (this.#seen.has(key)) {
        this.tally.add(
          column === undefined ? 'index' : `column "${this.columns[column]!.name}"`,
          'records that come twice, used once',
        );
        return;
      }
      this.#seen.add(key);
    }
    const patient = this.#of(id);
    if (column === undefined) patient.indexes.push(event.moment!);
    else (patient.events[column] ??= []).push(event);
  }

  #of(id: string): PatientRecord {
    let patient = this.#byId.get(id);
    if (!patient) {
      patient = { id, known: false, facts: [], events: [], indexes: [] };
      this.#byId.set(id, patient);
    }
    return patient;
  }
}
