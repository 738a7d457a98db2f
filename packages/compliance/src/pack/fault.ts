/** What is wrong with a pack's file. */
export interface PackFault {
  readonly file: string;
  readonly message: string;
}
