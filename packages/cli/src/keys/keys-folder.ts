import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where keys are, unless `--keys` says otherwise. */
export function keysFolder(keys: string | undefined): string {
  return keys ?? (process.env['FEDWARD_KEYS'] || join(homedir(), '.config', 'fedward', 'keys'));
}
