import { FedwardError } from '@fedward/core';

/** Where a row is, for messages. */
export interface RowPlace {
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
}

/** A place in words. */
export function place(file: string, line: number, column?: string): string {
  return `${file}, line ${line}${column === undefined ? '' : `, column "${column}"`}`;
}

/** The error for something wrong in one place of a file. */
export function malformed(file: string, line: number, what: string, column?: string): FedwardError {
  return new FedwardError('DATA_MALFORMED', `${place(file, line, column)}: ${what}`, column ?? file);
}
