/** What does not hold in a run's folder. */
export interface RunFault {
  /** The file that is at fault, relative to the run's folder. */
  readonly file: string;
  readonly message: string;
}
