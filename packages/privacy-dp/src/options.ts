import { parseWith } from '@fedward/core';
import * as z from 'zod';

/**
 * Checks a plugin's options.
 * @param path where the options stand, such as `privacy.mechanisms.0.options`
 * @param plugin its name
 * @throws {FedwardError} CONFIG_INVALID naming the key with its whole path
 */
export function parseOptions<T extends z.ZodType>(
  schema: T,
  options: unknown,
  path: string,
  plugin: string,
): z.output<T> {
  return parseWith(z.object({ [path]: schema }), { [path]: options }, plugin)[path] as z.output<T>;
}
