import { verifyAuditLog, type AuditVerification } from '@fedward/audit';
import { verifyRun, type RunState, type RunVerification } from '@fedward/sim-healthcare';
import { counted } from '@fedward/sim-healthcare/report';
import { printJson, printLine } from '../terminal/output.js';
import { findLog } from './find-log.js';

interface VerifyFlags {
  readonly root?: string;
  readonly json?: boolean;
}

/**
 * @returns the exit code: 0 for a sealed run or a log alone in which nothing differs, and for a run that has no result yet;
 *   else 1
 */
export async function verifyAction(dir: string, { root, json }: VerifyFlags): Promise<0 | 1> {
  const { log: directory, run: folder } = await findLog(dir);
  if (folder === undefined) {
    const found = await verifyAuditLog(directory, root === undefined ? {} : { expectedRoot: root });
    if (json) printJson({ directory, ...found });
    else {
      printLine(`${found.ok ? 'verified' : 'TAMPERED'}: ${directory}`);
      printLog(found, root);
    }
    return found.ok ? 0 : 1;
  }
  const { log, ...run } = await verifyRun(folder, { expectedRoot: root });
  if (json) printJson({ directory, ...log, ok: run.ok, run: { folder, ...run } });
  else printRun(folder, { log, ...run }, root);
  return run.ok ? 0 : 1;
}

const unsealed: Record<Exclude<RunState, 'sealed'>, string> = {
  unfinished: 'NOT FINISHED: its last round is not done. The log and the plan were checked; there is no result yet',
  unsealed: 'NOT SEALED: all rounds are done, its results are not. `fedward simulate --resume` leaves them',
  older:
    'NOT SEALED: written by an older version, whose log says nothing of the files. They were not checked against it',
};

function printRun(folder: string, run: RunVerification, root: string | undefined): void {
  const { log, state, runId, planHash, files, modelParameters, faults } = run;
  const good = log.ok && faults.length === 0;
  printLine(
    `${!good ? 'TAMPERED' : !run.ok ? 'NOT VERIFIED' : state === 'sealed' ? 'verified' : 'verified so far'}: ${folder}`,
  );
  if (state !== 'sealed' && good) printLine(unsealed[state]);
  printLine(`run ${runId ?? 'unknown'}, plan ${planHash ?? 'unknown'}`);
  printLog(log, root);
  for (const { file, message } of faults) printLine(`${file}: ${message}`);
  // In the format of sha256sum, which checks these lines with `--check`.
  for (const { file, sha256 } of files) if (sha256 !== null) printLine(`${sha256}  ${file}`);
  if (files.some(({ sha256 }) => sha256 !== null))
    printLine(
      good
        ? 'These are the files, as `sha256sum` in the folder has them; the model file holds the weights and what it takes to use them (fedward model show). No other file in the folder is vouched for.'
        : 'These are the files as they are now, as `sha256sum` in the folder has them: not all of them are what the run left.',
    );
  if (modelParameters !== null)
    printLine(
      `Weights alone sha256:${modelParameters}: what the log, result.json and the end of a run call the model.`,
    );
}

function printLog(
  { ok, size, root, summary, faults, expectedSize }: AuditVerification,
  asked: string | undefined,
): void {
  const { events, hospitals, trainingEvents } = summary;
  printLine(
    `${counted(events, 'event')}, ${counted(hospitals, 'hospital')}, ${counted(trainingEvents, 'training event')}`,
  );
  printLine(`root ${root}`);
  for (const { file, line, byteOffset, message } of faults)
    printLine(`${file}, line ${line}, byte ${byteOffset}: ${message}`);
  if (expectedSize !== undefined)
    printLine(
      expectedSize === size
        ? 'The root that was given is this one.'
        : `The root that was given is over the first ${expectedSize} of ${size} events: these are as they were then.`,
    );
  else if (ok && asked === undefined)
    printLine('Compare the root with one that was noted elsewhere: a log that was rewritten whole looks whole.');
}
