import { existsSync } from 'node:fs';
import { isLineLog, pathsIn } from './files.js';

/** Whether a folder holds an audit log, of any version; what is in it is not looked at. */
export function hasAuditLog(directory: string): boolean {
  const paths = pathsIn(directory);
  return existsSync(paths.checkpoint) || existsSync(paths.journal) || isLineLog(paths);
}
