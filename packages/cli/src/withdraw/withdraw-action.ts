import { FedwardError, isFedwardError } from '@fedward/core';
import { withdrawalReport, type WithdrawalOfRun } from '@fedward/compliance';
import { assertApproved, proposeRun, simulate } from '@fedward/sim-healthcare';
import { rerunOptions, withdrawalFacts, type Withdrawn } from '@fedward/sim-healthcare/evidence';
import { passphraseOnce } from '../keys/passphrase.js';
import { note, printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** `fedward withdraw` as commander has parsed it. */
export interface WithdrawFlags {
  readonly hospital?: string;
  readonly patients?: string;
  readonly rerun?: boolean;
  readonly propose?: boolean;
  readonly passphraseFile?: string;
  readonly out?: string;
  readonly workers?: number;
  readonly json?: boolean;
}

/** Says where in runs those are who are withdrawn, and with `--rerun` carries one out without them. */
export async function withdrawAction(runs: readonly string[], flags: WithdrawFlags): Promise<void> {
  const who = whoIn(flags);
  if (flags.propose && !flags.rerun) throw usage('--propose', 'it is for --rerun');
  if (flags.propose && flags.out !== undefined) throw usage('--out', 'a run that is proposed leaves no folder');
  if (flags.rerun && (runs.length !== 1 || (flags.out === undefined && !flags.propose)))
    throw usage('--rerun', 'name one run, and a folder for the new one: --out DIR');
  if (!flags.rerun && flags.out !== undefined) throw usage('--out', 'it is for --rerun');
  const facts = [];
  for (const run of runs) facts.push(await withdrawalFacts(run, who));
  const report = withdrawalReport(facts, who);
  const proposed = flags.propose ? await propose(runs[0]!, who, flags) : undefined;
  const again = flags.rerun && !flags.propose ? await rerun(runs[0]!, who, flags) : undefined;
  if (flags.json) return printJson({ ...report, ...(again && { rerun: again }), ...(proposed && { proposed }) });
  for (const each of report.runs) show(each);
  for (const words of report.notShown) printLine(`does not show: ${words}`);
  if (proposed) printLine(`proposed without them: ${proposed.file}, proposal ${proposed.digest}`);
  if (again) printLine(`run anew without them: ${again.folder}, weights ${again.model}`);
}

/** Into the folder of approvals that the run had. */
async function propose(run: string, who: Withdrawn, { passphraseFile }: WithdrawFlags) {
  const options = await rerunOptions(run, who);
  if (options.approvals === undefined)
    throw usage('--propose', 'no host asks for approvals: --rerun --out DIR runs it');
  const { file, digest } = await proposeRun(
    { ...options, passphrase: passphraseOnce('in --keys', passphraseFile) },
    options.approvals,
  );
  return { file, digest };
}

async function rerun(run: string, who: Withdrawn, { out, workers, passphraseFile }: WithdrawFlags) {
  const options = await rerunOptions(run, who);
  await assertApproved(options, '--rerun').catch((error: unknown) => {
    if (!isFedwardError(error) || error.subject !== '--rerun') throw error;
    const message = `${error.message}. --rerun --propose puts it before those who approve; once they have, run this again`;
    throw new FedwardError(error.code, message, '--rerun', { cause: error });
  });
  const passphrase = passphraseOnce('in --keys', passphraseFile);
  const { runId, folder, planHash, model } = await simulate(
    { ...options, passphrase, ...(workers !== undefined && { workers }) },
    out,
    { onRound: ({ round }) => note(`round ${round + 1} without those who are withdrawn`) },
  );
  return { runId, folder, planHash, model: model.sha256 };
}

function whoIn({ hospital, patients }: WithdrawFlags): Withdrawn {
  if (hospital !== undefined && patients === undefined) return { hospital };
  if (patients !== undefined && hospital === undefined) return { patients };
  throw usage('--hospital', 'name a hospital, or patients by --patients FILE: one of both');
}

function usage(option: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${option}: ${why}`, option);
}

function show({ folder, runId, hospitals, models, says }: WithdrawalOfRun): void {
  printLine(`${runId}: ${folder}`);
  if (hospitals.length > 0)
    printTable(
      [
        'Hospital',
        'Patients in training',
        'Patients in the test part',
        'Rounds',
        'In models from round',
        'Certificates',
        'Ledger',
      ],
      hospitals.map(({ id, patients, rounds, modelsFrom, certificates, ledger }) => [
        ...[id, patients ? countText(patients.trained) : 'all', patients ? countText(patients.tested) : 'all'],
        ...[String(rounds.length), modelsFrom === null ? 'none' : String(modelsFrom)],
        ...[String(certificates.length), ledger ?? 'none'],
      ]),
    );
  for (const { file, sha256, weights } of models) printLine(`${sha256}  ${file} (weights ${weights})`);
  for (const words of says) printLine(words);
}

function countText(count: number | null): string {
  return count === null ? 'fewer than 5' : String(count);
}
