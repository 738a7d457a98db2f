export { defineCommand, type AddCommand, type CommandHost } from './kind.js';
export type { ExitCode } from '../exit-code.js';
export { note, printJson, printLine, printLines } from '../terminal/output.js';
export { printTable, type Cell } from '../terminal/table.js';
export { confirmed } from '../terminal/confirm.js';
export { newPassphrase, passphraseOf, passphraseOnce, type Terminal } from '../keys/passphrase.js';
export {
  anyNumber,
  choice,
  notNegative,
  numberBetween,
  positive,
  positiveUpTo,
  repeated,
  wholeNumber,
} from '../options/options.js';
