import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError, hasCode } from '@fedward/core';
import { hasLedger, readLedger, type LedgerReport } from '@fedward/privacy-dp/ledger';
import { roundedUp } from '@fedward/sim-healthcare/report';
import type { LedgerFlags } from './ledger-flags.js';
import { printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** A ledger of which not even the terms can be read. */
interface Unreadable {
  readonly directory: string;
  readonly fault: { readonly path: string; readonly message: string };
}

/** @returns the exit code: 1 with `--verify` for damage or a head that is not there */
export async function ledgerAction(dir: string, { head = [], verify, json }: LedgerFlags): Promise<0 | 1> {
  const found = await Promise.all((await ledgersIn(dir)).map(read));
  const missing = head.filter((hash) => !found.some((ledger) => 'heads' in ledger && ledger.heads.includes(hash)));
  const verified = missing.length === 0 && found.every(({ fault }) => fault === null);
  if (json) {
    printJson({ verified, missingHeads: missing, ledgers: found.map(told) });
  } else {
    for (const ledger of found) show(ledger);
    for (const hash of missing)
      printLine(`NOT THERE: no ledger has, or had, the head ${hash}: releases were taken away`);
    if (verified && head.length === 0)
      printLine('Keep the heads elsewhere and give them to --head: a ledger that was cut at its end looks whole.');
  }
  return verify && !verified ? 1 : 0;
}

/** As JSON: without the digest of the data, a fact about patients that stays in the ledger's own file, nor all heads. */
function told(ledger: LedgerReport | Unreadable): object {
  if (!('heads' in ledger)) return ledger;
  const { heads: _, terms, ...others } = ledger;
  return { ...others, terms: { ...terms, dataDigest: undefined } };
}

/** The folder itself, or those in it. */
async function ledgersIn(dir: string): Promise<string[]> {
  if (await isLedger(dir)) return [dir];
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name));
  const ledgers: string[] = [];
  for (const folder of folders.sort()) if (await isLedger(folder)) ledgers.push(folder);
  if (ledgers.length === 0) throw new FedwardError('FILE_NOT_FOUND', `there is no ledger in ${dir}`, dir);
  return ledgers;
}

/** Also one whose terms are damaged. */
async function isLedger(dir: string): Promise<boolean> {
  return hasLedger(dir).catch((error: unknown) => hasCode(error, 'LEDGER_DAMAGED'));
}

async function read(directory: string): Promise<LedgerReport | Unreadable> {
  try {
    return await readLedger(directory);
  } catch (error) {
    if (!hasCode(error, 'LEDGER_DAMAGED')) throw error;
    return { directory, fault: { path: error.subject ?? directory, message: error.message } };
  }
}

function show(ledger: LedgerReport | Unreadable): void {
  if (!('terms' in ledger)) {
    printLine(`DAMAGED: ${ledger.directory}`);
    printLine(`  ${ledger.fault.message}`);
    return printLine();
  }
  const { terms, accountant, epsilon, left, releases, studies, assumptions, head, fault, directory } = ledger;
  const { dataSet, budget, delta, unit, adjacency, simulationOnly } = terms;
  printLine(`${fault ? 'DAMAGED' : 'verified'}: ${directory}`);
  if (fault) printLine(`  ${fault.message}`);
  const spent = fault ? 'not known' : `epsilon ${roundedUp(epsilon)}`;
  const rest = fault ? '' : `, left ${roundedDown(left ?? 0)}`;
  printLine(`  ${dataSet}: spent ${spent} of a budget of ${budget}${rest}, at delta ${delta}`);
  printLine(`  unit ${unit}, adjacency ${adjacency}, accountant ${accountant}, ${releases} releases`);
  for (const assumption of assumptions) printLine(`  assumes: ${assumption}`);
  if (simulationOnly) printLine('  SIMULATION ONLY: the noise came from a seed and protects nobody.');
  printLine(`  head ${head}`);
  if (studies.length > 0)
    printTable(
      ['Run', 'Plan', 'Rounds', 'Releases', 'Epsilon alone', 'First', 'Last'],
      studies.map(({ runId, planHash, rounds, releases, epsilon, first, last }) => [
        ...[runId, planHash.slice(0, 'sha256:'.length + 12), rangesOf(rounds), String(releases)],
        ...[roundedUp(epsilon), first, last],
      ]),
    );
  printLine();
}

/** Four digits, never more than there is. */
function roundedDown(left: number): string {
  return left <= 0 ? '0' : String(Math.floor(left * 1e4) / 1e4);
}

/** `0-4, 7`. */
export function rangesOf(rounds: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const round of [...rounds].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && round === last[1] + 1) last[1] = round;
    else ranges.push([round, round]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
