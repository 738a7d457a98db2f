import { at, reserve } from '../memory';

/** One site's records, and the batch that is taken from them. */
export class Records {
  private capacity: i32 = 0;
  count: i32 = 0;
  /** [count, exampleSize], [count] */
  features: usize = 0;
  labels: usize = 0;
  /** Number of units that are sampled and clipped: records, or patients. */
  units: i32 = 0;
  /** Unit u has the records `unitRecords[unitStarts[u]]` up to `unitRecords[unitStarts[u + 1]]`; 0: each is its own. */
  grouped: bool = false;
  unitStarts: usize = 0;
  unitRecords: usize = 0;
  /** A permutation of the records, for shuffled batches. */
  order: usize = 0;
  /** [units]: numbers of the units in the batch. */
  chosen: usize = 0;
  /** The batch's records, unit after unit, and where in it each unit begins. */
  rows: usize = 0;
  rowStarts: usize = 0;
  /** Where each of `rows` would stand were they in the data's order, on which masks depend; 0: they are. */
  places: usize = 0;
  private placeOfRow: usize = 0;

  constructor(readonly exampleSize: i32) {}

  /** Makes room for so many records; half as much again, so that growing data wastes little. */
  reserve(count: i32): void {
    this.count = count;
    if (count <= this.capacity) return;
    this.capacity = this.capacity == 0 ? count : count + count / 2;
    this.features = reserve(this.capacity * this.exampleSize);
    this.labels = reserve(this.capacity);
    this.unitStarts = reserve(this.capacity + 1);
    this.unitRecords = reserve(this.capacity);
    this.order = reserve(this.capacity);
    this.chosen = reserve(this.capacity);
    this.rows = reserve(this.capacity);
    this.rowStarts = reserve(this.capacity + 1);
    this.placeOfRow = reserve(2 * this.capacity);
  }

  /** Fills rows and rowStarts with the records of the first `units` chosen units. @returns number of rows */
  takeChosen(units: i32): i32 {
    let rows = 0;
    for (let i = 0; i < units; i++) {
      const unit = load<u32>(at(this.chosen, i));
      store<u32>(at(this.rowStarts, i), rows);
      if (this.grouped) {
        const end = load<u32>(at(this.unitStarts, unit + 1));
        for (let place = load<u32>(at(this.unitStarts, unit)); place < end; place++)
          store<u32>(at(this.rows, rows++), load<u32>(at(this.unitRecords, place)));
      } else store<u32>(at(this.rows, rows++), unit);
    }
    store<u32>(at(this.rowStarts, units), rows);
    this.places = 0;
    if (this.grouped) this.findPlaces(rows);
    return rows;
  }

  private findPlaces(rows: i32): void {
    const ofRecord = this.placeOfRow;
    this.places = at(ofRecord, this.capacity);
    memory.fill(ofRecord, 0, <usize>this.count << 2);
    for (let i = 0; i < rows; i++) store<u32>(at(ofRecord, load<u32>(at(this.rows, i))), 1);
    let place = 0;
    for (let record = 0; record < this.count; record++) {
      const there = load<u32>(at(ofRecord, record));
      store<u32>(at(ofRecord, record), place);
      place += there;
    }
    for (let i = 0; i < rows; i++) store<u32>(at(this.places, i), load<u32>(at(ofRecord, load<u32>(at(this.rows, i)))));
  }

  /** Fills rows and rowStarts with a stretch of the permutation, each record on its own. */
  takeOrdered(start: i32, rows: i32): void {
    memory.copy(this.rows, at(this.order, start), (<usize>rows) << 2);
    for (let i = 0; i <= rows; i++) store<u32>(at(this.rowStarts, i), i);
    this.places = 0;
  }

  /** Copies features and labels of rows `first` up to `first + count`. */
  gather(first: i32, count: i32, features: usize, labels: usize): void {
    const bytes = (<usize>this.exampleSize) << 2;
    for (let i = 0; i < count; i++) {
      const record = load<u32>(at(this.rows, first + i));
      memory.copy(features + <usize>i * bytes, this.features + <usize>record * bytes, bytes);
      store<f32>(at(labels, i), load<f32>(at(this.labels, record)));
    }
  }
}
