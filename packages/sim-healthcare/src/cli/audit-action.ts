import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyAuditLog } from '@fedward/audit';
import { FedwardError } from '@fedward/core';
import { printJson, printLine } from './output.js';

/** @returns the exit code: 1 for a log that does not verify */
export async function verifyAction(dir: string, options: { root?: string; json?: boolean }): Promise<0 | 1> {
  const directory = await findLog(dir);
  const found = await verifyAuditLog(directory, options.root === undefined ? {} : { expectedRoot: options.root });
  const exitCode = found.ok ? 0 : 1;
  if (options.json) {
    printJson({ directory, ...found });
    return exitCode;
  }
  const { events, hospitals, trainingEvents } = found.summary;
  printLine(`${found.ok ? 'verified' : 'TAMPERED'}: ${directory}`);
  printLine(`${events} events, ${hospitals} hospitals, ${trainingEvents} training events`);
  printLine(`root ${found.root}`);
  for (const { file, line, byteOffset, message } of found.faults)
    printLine(`${file}, line ${line}, byte ${byteOffset}: ${message}`);
  if (found.ok && options.root === undefined)
    printLine('Compare the root with one that was noted elsewhere: a log that was rewritten whole looks whole.');
  return exitCode;
}

/** The log in a folder: the folder itself, its `audit`, or that of the only run in it. */
async function findLog(dir: string): Promise<string> {
  const holdsLog = (candidate: string): boolean =>
    existsSync(join(candidate, 'log.jsonl')) || existsSync(join(candidate, 'head.json'));
  const below = existsSync(dir) ? await readdir(dir).catch(() => []) : [];
  const candidates = [dir, join(dir, 'audit'), ...below.map((name) => join(dir, name, 'audit'))].filter(holdsLog);
  if (candidates.length > 0 && (candidates.length === 1 || holdsLog(dir) || holdsLog(join(dir, 'audit'))))
    return candidates[0]!;
  throw new FedwardError(
    'FILE_NOT_FOUND',
    candidates.length > 1
      ? `${dir} holds ${candidates.length} runs: name one of them`
      : `there is no audit log in ${dir}`,
    dir,
  );
}
