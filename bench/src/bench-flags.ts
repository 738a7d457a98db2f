/** `fedward bench`, as commander has parsed it. */
export interface BenchFlags {
  readonly pairs: number;
  readonly quick?: boolean;
  readonly out: string;
  readonly python: string;
  readonly tutorialProgram?: string;
  readonly data?: string;
  readonly dataset?: string;
  readonly choose?: boolean;
  readonly json?: boolean;
}
