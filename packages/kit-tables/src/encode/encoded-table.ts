import type { Table } from '../table/table.js';
import { rowEncoder, type RowEncoder } from './encoder.js';

/**
 * The records of a table as features in float64, not scaled. They are encoded as they are asked for: none of it is in
 * memory a second time.
 */
export class EncodedTable {
  /** Number of features. */
  readonly width: number;
  readonly #encoder: RowEncoder;

  constructor(readonly table: Table) {
    this.#encoder = rowEncoder(table.schema.columns);
    this.width = this.#encoder.width;
  }

  get name(): string {
    return this.table.name;
  }

  get count(): number {
    return this.table.count;
  }

  get patientIds(): readonly string[] | undefined {
    return this.table.patientIds;
  }

  /** [width]: of one record, to be looked at before the next is asked for. NaN where there is no value. Quick in order. */
  features(record: number): Float64Array {
    const { table } = this;
    return record < table.rowCount ? this.#encoder.encode(table.row(record)) : this.#joined(record);
  }

  /** The same, for the last time: in order, after which none of the rows is there any more. */
  take(record: number): Float64Array {
    const { table } = this;
    return record < table.rowCount ? this.#encoder.encode(table.takeRow(record)) : this.#joined(record);
  }

  /** [width + 1]: the features and the label; a copy. Records that are equal in it are the same record, as far as it tells. */
  readonly content = (record: number): Float64Array => {
    const content = new Float64Array(this.width + 1);
    content.set(this.features(record));
    content[this.width] = this.table.labels[record]!;
    return content;
  };

  #joined(record: number): Float64Array {
    const { joined, rowCount } = this.table;
    return joined[record - rowCount]!.features;
  }
}
