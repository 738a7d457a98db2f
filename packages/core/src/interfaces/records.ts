/** One site's records, whatever they are made of. */
export interface Records {
  /** Number of records. */
  readonly count: number;
  /** [count]: whose record it is; one patient may have several. */
  readonly patientIds?: readonly string[];
  /**
   * Present where records hang on one another, in words for a message: what was computed from records together and then
   * used on each, such as `their own mean and deviation`. One record then moves the others, which no clipping of its
   * gradient bounds, so that a site refuses such data where records or patients are protected.
   */
  readonly sharedStatistics?: string;
}
