import type { AuditVerification } from '@fedward/audit';
import type { RunState, RunVerification } from '@fedward/sim-healthcare';
import { counted } from '@fedward/sim-healthcare/report';
import { printLine } from '../terminal/output.js';
import type { StudyVerification } from './verify-study.js';
import { noKeys, ownKeys } from './verify-words.js';

const unsealed: Record<Exclude<RunState, 'sealed'>, string> = {
  unfinished: 'NOT FINISHED: its last round is not done. The log and the plan were checked; there is no result yet',
  unsealed: 'NOT SEALED: all rounds are done, its results are not. `fedward simulate --resume` leaves them',
  older:
    'NOT SEALED: written by an older version, whose log says nothing of the files. They were not checked against it',
};

/** What a person sees of a run's folder. */
export function printRun(folder: string, run: RunVerification, root: string | undefined): void {
  const { log, state, runId, planHash, files, modelParameters, faults, hospitals, approvals, certified, keys, unused } =
    run;
  const good = log.ok && faults.length === 0;
  printLine(
    `${!good ? 'TAMPERED' : !run.ok ? 'NOT VERIFIED' : state === 'sealed' ? 'verified' : 'verified so far'}: ${folder}`,
  );
  if (state !== 'sealed' && good) printLine(unsealed[state]);
  printLine(`run ${runId ?? 'unknown'}, plan ${planHash ?? 'unknown'}`);
  if (hospitals.length > 0) printLine("The server's log:");
  printLog(log, root);
  for (const { folder: at, size, root: own } of hospitals) printLine(`${at}: ${counted(size, 'event')}, root ${own}`);
  if (keys !== 'none' && hospitals.length === 0)
    printLine("The hospitals share the server's log, which is signed; rounds have no certificates.");
  if (hospitals.length > 0) printLine(`${counted(certified.length, 'round')} with a certificate that holds`);
  if (approvals.length > 0) printLine(`${counted(approvals.length, 'approval')} as the run had them, in approvals/`);
  if (hospitals.length > 0 && good)
    printLine(
      certified.length > 0
        ? 'Each log is signed, and is as the other side has noted it.'
        : 'Each log is signed. No round is done: nobody has noted where the logs of others stand.',
    );
  for (const { file, message } of faults) printLine(`${file}: ${message}`);
  if (keys === 'given' && !good)
    printLine(
      'What holds is held against the keys of --keys alone: a party whose key is not in that file does not hold.',
    );
  // In the format of sha256sum, which checks these lines with `--check`.
  for (const { file, sha256 } of files) if (sha256 !== null) printLine(`${sha256}  ${file}`);
  if (files.some(({ sha256 }) => sha256 !== null))
    printLine(
      good
        ? 'These are the files, as `sha256sum` in the folder has them; the model file holds the weights and what it takes to use them (fedward model show). No file in the folder is vouched for beside these and those named above.'
        : 'These are the files as they are now, as `sha256sum` in the folder has them: not all of them are what the run left.',
    );
  if (keys === 'own') printLine(ownKeys);
  if (keys === 'none') printLine(noKeys);
  if (unused.length > 0) printLine(`Keys that were given, and signed nothing in this run: ${unused.join(', ')}`);
  if (modelParameters !== null)
    printLine(
      `Weights alone sha256:${modelParameters}: what the log, result.json and the end of a run call the model.`,
    );
}

/** The same of the folder of a study across hospitals. */
export function printStudy(folder: string, found: StudyVerification, root: string | undefined): void {
  const { ok, study, log, faults, certified, model, noted, keys, sealed } = found;
  printLine(`${ok ? 'verified' : 'TAMPERED'}: ${folder}`);
  printLine(`study ${study}, the coordinator's log:`);
  printLog(log, root);
  printLine(`${counted(certified.length, 'round')} with a certificate that holds`);
  if (noted.length > 0) printLine(`Heads of their logs, signed by ${noted.join(', ')}, are in witness.`);
  for (const { file, message } of faults) printLine(`${file}: ${message}`);
  if (model !== null) printLine(`Weights sha256:${model}`);
  if (keys === 'own') printLine(ownKeys);
  for (const [file, digest] of Object.entries(sealed)) printLine(`${digest}  ${file}`);
  if (Object.keys(sealed).length > 0)
    printLine(
      'These are the files that the log vouches for, as `sha256sum` has them, beside certificates and witness.',
    );
  printLine(
    "Each hospital's own log is with it: `fedward audit verify FOLDER --keys FILE --head WITNESS` there, with the witness of this folder.",
  );
}

/** The same of a log. @param asked the root that was noted, if any */
export function printLog(
  { ok, size, root, summary, faults, expectedSize, prunedBelow }: AuditVerification,
  asked: string | undefined,
): void {
  const { events, hospitals, trainingEvents } = summary;
  // A server's log has no trainings where hospitals keep their own: that is no lack of them.
  const trainings = `, ${counted(hospitals, 'hospital')}, ${counted(trainingEvents, 'training event')}`;
  printLine(`${counted(events, 'event')}${hospitals + trainingEvents > 0 ? trainings : ''}`);
  printLine(`root ${root}`);
  if (prunedBelow > 0)
    printLine(`The first ${prunedBelow} entries were let go by who keeps the log: only their hashes are left.`);
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
