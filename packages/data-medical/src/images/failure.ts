import { FedwardError } from '@fedward/core';

/** How many numbers one file may hold once it is decoded: 2^28, which are 1 GiB of float32. */
export const mostValues = 2 ** 28;

/** The error for a file whose bytes contradict each other, or end too early. No message holds what a file says of a patient. */
export function broken(name: string, what: string, cause?: unknown): FedwardError {
  return new FedwardError('DATA_MALFORMED', `${name}: ${what}`, name, { cause });
}

/** The error for a sound file that is not of the wanted kind, or of a kind that can't be read. */
export function refused(name: string, what: string): FedwardError {
  return new FedwardError('FILE_INVALID', `${name}: ${what}`, name);
}

/** @throws {FedwardError} FILE_INVALID where a file would become more numbers than `maximum` */
export function assertFits(name: string, shape: readonly number[], maximum: number): void {
  const values = shape.reduce((product, n) => product * n, 1);
  if (!(values <= maximum))
    throw refused(name, `${shape.join(' x ')} numbers are declared, and at most ${maximum} are decoded`);
}
