import { FedwardError } from '@fedward/core';
import { withdrawalReport, type WithdrawalOfRun } from '@fedward/compliance';
import { simulate } from '@fedward/sim-healthcare';
import { rerunOptions, withdrawalFacts, type Withdrawn } from '@fedward/sim-healthcare/evidence';
import { note, printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** `fedward withdraw` as commander has parsed it. */
export interface WithdrawFlags {
  readonly hospital?: string;
  readonly patients?: string;
  readonly rerun?: boolean;
  readonly out?: string;
  readonly workers?: number;
  readonly json?: boolean;
}

/** Says where in runs those are who are withdrawn, and with `--rerun` carries one out without them. */
export async function withdrawAction(runs: readonly string[], flags: WithdrawFlags): Promise<void> {
  const who = whoIn(flags);
  if (flags.rerun && (runs.length !== 1 || flags.out === undefined))
    throw usage('--rerun', 'name one run, and a folder for the new one: --out DIR');
  if (!flags.rerun && flags.out !== undefined) throw usage('--out', 'it is for --rerun');
  const facts = [];
  for (const run of runs) facts.push(await withdrawalFacts(run, who));
  const report = withdrawalReport(facts, who);
  const again = flags.rerun ? await rerun(runs[0]!, who, flags) : undefined;
  if (flags.json) return printJson({ ...report, ...(again && { rerun: again }) });
  for (const each of report.runs) show(each);
  for (const words of report.notShown) printLine(`does not show: ${words}`);
  if (again) printLine(`run anew without them: ${again.folder}, weights ${again.model}`);
}

async function rerun(run: string, who: Withdrawn, { out, workers }: WithdrawFlags) {
  const options = await rerunOptions(run, who);
  const { runId, folder, planHash, model } = await simulate(
    { ...options, ...(workers !== undefined && { workers }) },
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
