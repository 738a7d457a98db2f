import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { FedwardError } from '@fedward/core';
import type { ExitCode } from './main.js';
import { printJson, printLine } from './output.js';

/** `fedward audit verify DIR`. */
export function addAuditCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const audit = program.command('audit').description('the tamper-evident log of a run');
  audit
    .command('verify')
    .argument('<dir>', "a run's folder, or its audit folder")
    .description('finds every changed, removed, moved or added byte, and says where')
    .option('--root <hash>', 'the root that was noted elsewhere; without it, a log rewritten whole goes unseen')
    .option('--json', 'one JSON document on stdout')
    .action(async (dir: string, options: { root?: string; json?: boolean }) => {
      const { verifyAuditLog } = await import('@fedward/audit');
      const directory = await findLog(dir);
      const found = await verifyAuditLog(directory, options.root === undefined ? {} : { expectedRoot: options.root });
      if (!found.ok) setExitCode(1);
      if (options.json) return printJson({ directory, ...found });
      const { events, hospitals, trainingEvents } = found.summary;
      printLine(`${found.ok ? 'verified' : 'TAMPERED'}: ${directory}`);
      printLine(`${events} events, ${hospitals} hospitals, ${trainingEvents} training events`);
      printLine(`root ${found.root}`);
      for (const { file, line, byteOffset, message } of found.faults)
        printLine(`${file}, line ${line}, byte ${byteOffset}: ${message}`);
      if (found.ok && options.root === undefined)
        printLine('Compare the root with one that was noted elsewhere: a log that was rewritten whole looks whole.');
    });
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
