/** What an auditor saw of one training run. */
export interface CanaryGuesses {
  /** m: canaries, each put in or left out (or one of two versions put in) by a fair coin of its own. */
  readonly canaries: number;
  /** r <= m: coins that were guessed; of the others nothing is said. */
  readonly guesses: number;
  /** v <= r: guesses that were right. */
  readonly correct: number;
}
