/** One round of one run that a site is asked to answer or to evaluate, under a plan that it has approved. */
export interface AnswerKey {
  readonly clientId: string;
  readonly planHash: string;
  readonly runId: string;
  readonly round: number;
  /** Each round may have one of each. */
  readonly release: 'answer' | 'evaluation';
}

/**
 * Which rounds a site has answered under the plans that it approved: what bounds the number of releases where no ledger
 * does. One on disk bounds them beyond the life of the site's process.
 */
export interface AnswerStore {
  /**
   * Takes one of the answers that a plan allows. It lasts once this resolves; nothing is computed before.
   * @param limit how many of this kind of release may be taken in all, over all runs
   * @returns whether it was taken: not where it was before, nor where `limit` were
   */
  take(answer: AnswerKey, limit: number): Promise<boolean>;
  /** Gives one back, of which nothing came out. */
  giveBack(answer: AnswerKey): Promise<void>;
}
