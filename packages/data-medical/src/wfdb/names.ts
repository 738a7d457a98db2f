import { dirname, join } from 'node:path';
import { FedwardError } from '@fedward/core';

/** The error for a file of a record that is not as its format says. */
export function broken(file: string, what: string, line?: number): FedwardError {
  return new FedwardError('DATA_MALFORMED', `${file}${line === undefined ? '' : `, line ${line}`}: ${what}`, file);
}

/**
 * The file that a header names, in the header's own folder or below it. A header comes from elsewhere: one that names a
 * file outside its folder would make a reader open any file of the machine.
 *
 * @throws {FedwardError} DATA_MALFORMED for a name that is absolute, goes upwards, or can't be a file's
 */
export function besideHeader(header: string, name: string, line: number): string {
  const parts = name.split(/[/\\]/);
  const leaves = parts.some((part) => part === '' || part === '.' || part === '..') || /^[a-z]:/i.test(name);
  // eslint-disable-next-line no-control-regex
  if (leaves || /[\u0000-\u001f]/.test(name))
    throw broken(header, 'it names a file that is not in its own folder, which is refused', line);
  return join(dirname(header), ...parts);
}

/** The header of a record that is named by its header, its signal file (`.dat`, `.mat`), or without an ending. */
export function headerOf(record: string): string {
  return `${record.replace(/\.(hea|dat|mat)$/i, '')}.hea`;
}

/** Text of a header or an annotation: UTF-8, as tools of today write it, or else windows-1252. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
