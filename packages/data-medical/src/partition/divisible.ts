/** Records that are to be parted. */
export interface Divisible {
  readonly name: string;
  readonly count: number;
  /** [count] */
  readonly labels: ArrayLike<number>;
  /** [count]: whose each is. */
  readonly patientIds?: readonly string[] | undefined;
}
