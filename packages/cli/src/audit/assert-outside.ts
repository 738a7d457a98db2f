import { resolve, sep } from 'node:path';
import { FedwardError } from '@fedward/core';

/**
 * Whatever is in a log's folder is the log's: a file of its name would be gone, and any other vouched for by nothing.
 * @throws {FedwardError} CONFIG_INVALID for a file in there
 */
export function assertOutside(log: string, out: string): void {
  if (`${resolve(out)}${sep}`.startsWith(`${resolve(log)}${sep}`))
    throw new FedwardError('CONFIG_INVALID', `--out: ${out} is in the folder of the log itself`, '--out');
}
