import { resolve } from 'node:path';
import { FedwardError } from '@fedward/core';

/** Which folder is meant where none is named. @throws {FedwardError} CONFIG_INVALID */
export function siteFolder(folder: string | undefined): string {
  const named = folder ?? process.env['FEDWARD_SITE'];
  if (named) return resolve(named);
  throw new FedwardError('CONFIG_INVALID', 'name the folder of the site by --folder or FEDWARD_SITE', 'folder');
}
