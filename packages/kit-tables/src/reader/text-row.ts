/** The numbers of one cell: an image, a recording, a profile. */
export interface ArrayCell {
  /** [size], [samples, channels] or [height, width, channels]. */
  readonly shape: readonly number[];
  /** Row after row. */
  readonly values: ArrayLike<number>;
}

/** A row as cells of text, such as one of a CSV file. */
export interface TextRow {
  /** Of the source, from 1 on. */
  readonly line: number;
  /** Without white space around them; as many as there are names. */
  readonly fields: readonly string[];
  /** Cells that hold many numbers, by the name of their column; their field is ''. */
  readonly arrays?: Readonly<Record<string, ArrayCell>>;
}
