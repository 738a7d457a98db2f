import { FedwardError, isFedwardError } from '@fedward/core';

/**
 * Work on what was read out of a file, whose errors name it: operators and nodes alone do not say where they are.
 * @throws {FedwardError} what the work throws, with the file in front of its message where it is not in it
 */
export function namingFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isFedwardError(error) || error.message.includes(file)) throw error;
    throw new FedwardError(error.code, `${file}: ${error.message}`, error.subject, { cause: error });
  }
}
