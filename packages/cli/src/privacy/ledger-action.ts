import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError, hasCode } from '@fedward/core';
import { readVerifierKeys, verifierOf, type Verifier } from '@fedward/kit-keys';
import { hasLedger, proveCharge, readLedger, trustedKey, type LedgerReport } from '@fedward/privacy-dp/ledger';
import { roundedUp } from '@fedward/sim-healthcare/report';
import type { LedgerFlags } from './ledger-flags.js';
import { note, printJson, printLine, printLines } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** A ledger of which not even the terms can be read. */
interface Unreadable {
  readonly directory: string;
  readonly fault: { readonly path: string; readonly message: string };
}

/**
 * @returns the exit code: 1 with `--verify` for damage, a head that is not there, or a ledger that no key of `--keys` has
 *   signed
 */
export async function ledgerAction(dir: string, flags: LedgerFlags): Promise<0 | 1> {
  const { head = [], keys, verify, prove, json } = flags;
  if (prove !== undefined) return proveAction(dir, prove, json);
  const known = keys === undefined ? undefined : await readVerifierKeys(keys);
  const found = await Promise.all((await ledgersIn(dir)).map(read));
  const missing = head.filter((hash) => !found.some((ledger) => 'heads' in ledger && ledger.heads.includes(hash)));
  const whole = missing.length === 0 && found.every(({ fault }) => fault === null);
  const verified = whole && (known === undefined || found.every((ledger) => trustedIn(ledger, known) !== undefined));
  if (json) {
    printJson({ verified, missingHeads: missing, ledgers: found.map((ledger) => told(ledger, known)) });
  } else {
    for (const ledger of found) show(ledger, known);
    for (const hash of missing)
      printLine(`NOT THERE: no ledger has, or had, the head ${hash}: releases were taken away`);
    if (verified && head.length === 0)
      printLine('Keep the heads elsewhere and give them to --head: a ledger that was cut at its end looks whole.');
  }
  return verify && !verified ? 1 : 0;
}

async function proveAction(dir: string, index: number, json: boolean | undefined): Promise<0> {
  const proved = await proveCharge(dir, index);
  if (json) printJson({ directory: dir, index, ...proved });
  else {
    printLines(proved.proof.trimEnd());
    note(`of ${join(dir, 'releases', `${String(index).padStart(8, '0')}.json`)}, whose bytes are the leaf`);
  }
  return 0;
}

/** The key that vouches for a ledger. */
function trustedIn(ledger: LedgerReport | Unreadable, known: readonly Verifier[]): string | undefined {
  return 'signature' in ledger && ledger.fault === null ? trustedKey(ledger.signature, known) : undefined;
}

/** As JSON: without the digest of the data, a fact about patients that stays in the ledger's own file, nor all heads. */
function told(ledger: LedgerReport | Unreadable, known: readonly Verifier[] | undefined): object {
  if (!('heads' in ledger)) return ledger;
  const { heads: _, terms, ...others } = ledger;
  const trusted = known && { trustedKey: trustedIn(ledger, known) ?? null };
  return { ...others, ...trusted, terms: { ...terms, dataDigest: undefined } };
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

function show(ledger: LedgerReport | Unreadable, known: readonly Verifier[] | undefined): void {
  if (!('terms' in ledger)) {
    printLine(`DAMAGED: ${ledger.directory}`);
    printLine(`  ${ledger.fault.message}`);
    return printLine();
  }
  const { terms, accountant, epsilon, left, releases, studies, assumptions, head, fault, directory } = ledger;
  const { dataSet, budget, delta, unit, adjacency, simulationOnly } = terms;
  const stranger = known && trustedIn(ledger, known) === undefined;
  printLine(`${fault ? 'DAMAGED' : stranger ? 'NOT TRUSTED' : 'verified'}: ${directory}`);
  if (fault) printLine(`  ${fault.message}`);
  const spent = fault ? 'not known' : `epsilon ${roundedUp(epsilon)}`;
  const rest = fault ? '' : `, left ${roundedDown(left ?? 0)}`;
  printLine(`  ${dataSet}: spent ${spent} of a budget of ${budget}${rest}, at delta ${delta}`);
  printLine(`  unit ${unit}, adjacency ${adjacency}, accountant ${accountant}, ${releases} releases`);
  for (const assumption of assumptions) printLine(`  assumes: ${assumption}`);
  if (simulationOnly) printLine('  SIMULATION ONLY: the noise came from a seed and protects nobody.');
  printLine(`  head ${head}`);
  showSignature(ledger, known);
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

function showSignature(ledger: LedgerReport, known: readonly Verifier[] | undefined): void {
  const { signature } = ledger;
  const trusted = known && trustedIn(ledger, known);
  if (known && trusted === undefined) printLine('  no key of --keys has signed it');
  if (signature === null) return printLine('  not signed: whoever may write to its folder can write it anew');
  const { keys, size, unsigned } = signature;
  const key = keys.at(-1)!;
  printLine(
    size === 0
      ? `  claims to be signed by ${key}, which has signed nothing yet`
      : `  signed by ${verifierOf(key).name}, its terms and ${size - 1} entries: ${key}`,
  );
  if (keys.length > 1) printLine(`  which took the place of ${keys.slice(0, -1).join(', then of ')}`);
  if (unsigned > 0) printLine(`  not signed yet: ${unsigned} behind them, under way or of a process that died`);
  if (trusted !== undefined) printLine(`  trusted by ${trusted}`);
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
