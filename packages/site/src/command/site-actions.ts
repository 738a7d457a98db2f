import { resolve } from 'node:path';
import { note, printJson, printLine, printTable } from '@fedward/cli/command';
import { FedwardError, type Json, type JsonObject } from '@fedward/core';
import { askControl, onSignals, openLog } from '@fedward/kit-daemon';
import { readBytes } from '@fedward/kit-files';
import { readSiteConfig } from '../config/index.js';
import { limitedTrainers, overNats, startSite, type HubPass, type SiteStatus } from '../daemon/index.js';
import { siteFolder } from '../enrolment/index.js';
import { hubPass } from './hub-pass.js';

export interface SiteFlags {
  readonly folder?: string;
  readonly json?: boolean;
}
export interface StartFlags extends SiteFlags {
  readonly passphraseFile?: string;
}
export interface StatusFlags extends SiteFlags {
  readonly watch?: boolean;
}
export interface ApproveFlags extends SiteFlags {
  readonly by: string;
  readonly meaning?: string;
  readonly reason?: string;
}

/** `fedward site start`: returns once the daemon has ended. */
export async function startAction(flags: StartFlags, pass: HubPass = hubPass): Promise<void> {
  const folder = siteFolder(flags.folder);
  const config = await readSiteConfig(folder);
  const { level, format, file } = config.log;
  const log = await openLog({ level, format, destination: file === undefined ? 'stderr' : resolve(folder, file) });
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const daemon = await startSite(folder, {
    ...{ log, connect: overNats(pass), trainerOf: limitedTrainers(config, log), onStop: () => stop() },
    passphrase: () => passphraseIn(folder, flags.passphraseFile ?? config.keys.passphraseFile),
  });
  const off = onSignals(
    async () => {
      await daemon.close();
      await log.close();
    },
    { onSignal: (signal) => log.info(`got ${signal}`), reload: () => log.reopen() },
  );
  await stopped;
  off();
  await daemon.close();
  log.info('stopped');
  await log.close();
}

/** `fedward site status`. */
export async function statusAction(flags: StatusFlags): Promise<void> {
  for (;;) {
    const status = (await ask(flags, 'status', { verify: !flags.watch })) as SiteStatus;
    if (flags.json) printJson(status);
    else printStatus(status);
    if (!flags.watch) return;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** `fedward site studies`. */
export async function studiesAction(flags: SiteFlags): Promise<void> {
  const studies = (await ask(flags, 'studies', {})) as unknown as readonly JsonObject[];
  if (flags.json) return printJson(studies);
  if (studies.length === 0) return printLine('no study was proposed here');
  printStudies(studies);
}

/** `fedward site approve`. */
export async function approveAction(study: string, flags: ApproveFlags): Promise<void> {
  const said = (await ask(flags, 'approve', { study, by: flags.by, words: flags.meaning ?? '' })) as JsonObject;
  if (flags.json) return printJson(said);
  printLine(`study ${study} may run here, as ${flags.by} has approved it at ${text(said['time'])}`);
  printLine(`what was approved: ${text(said['proposal'])}`);
}

/** `fedward site revoke`. */
export async function revokeAction(study: string, flags: ApproveFlags): Promise<void> {
  const said = (await ask(flags, 'revoke', { study, by: flags.by, words: flags.reason ?? '' })) as JsonObject;
  if (flags.json) return printJson(said);
  printLine(`study ${study} does not run here any more, as ${flags.by} has revoked it at ${text(said['time'])}`);
}

/** `fedward site stop`. */
export async function stopAction(flags: SiteFlags): Promise<void> {
  const said = await ask(flags, 'stop', {});
  if (flags.json) printJson(said);
  else note('the site is stopping');
}

function printStatus({
  id,
  federation,
  pid,
  restarts,
  refusing,
  connection,
  atWork,
  studies,
  ledger,
  log,
  noise,
  trainers,
}: SiteStatus): void {
  printLine(
    `site ${id} of ${federation}: process ${pid}, started ${restarts === 0 ? 'for the first time' : `${restarts + 1} times`}, ${noise} noise`,
  );
  printLine(
    `hub: ${text(connection['state'])}${connection['why'] === undefined ? '' : `, ${text(connection['why'])}`}`,
  );
  if (refusing !== null) printLine(`refusing: ${refusing}`);
  for (const { kind, study, round } of atWork)
    printLine(`at work: ${text(kind)} of ${text(study)}, round ${text(round)}`);
  for (const { name, runsOn } of trainers) printLine(`trainer ${text(name)}: ${text(runsOn)}`);
  if (ledger)
    printLine(`spent: epsilon ${rounded(ledger['epsilon'])} of ${text(ledger['budget'])} (delta ${text(ledger['delta'])}, of a ${text(ledger['unit'])})`); // prettier-ignore
  const verified = log['verified'] === true ? ', verified' : log['verified'] === false ? ', DOES NOT VERIFY' : '';
  printLine(`log: ${text(log['entries'])} entries${verified}`);
  if (studies.length > 0) printStudies(studies);
  for (const { id, state } of studies)
    if (state === 'waiting') note(`${text(id)} waits for its approval: fedward site approve ${text(id)} --by NAME`);
}

function printStudies(studies: readonly JsonObject[]): void {
  const rows = studies.map(({ id, name, state, why, roundsTrained, rounds, proposal }) => [
    ...[text(id), text(name), text(state), `${text(roundsTrained)} of ${text(rounds)}`],
    [text(why), text(proposal)].filter((part) => part !== ''),
  ]);
  printTable(['study', 'name', 'state', 'rounds', 'why, and what is to be approved'], rows);
  for (const { id, runsOn } of studies)
    if (typeof runsOn === 'string') printLine(`study ${text(id)} trains on ${runsOn}`);
}

async function ask(flags: SiteFlags, name: string, body: Json): Promise<Json> {
  // A log of millions of entries takes its time to verify.
  return askControl(siteFolder(flags.folder), name, body, { program: 'site', timeoutSeconds: 600 });
}

/** A daemon asks nobody: where its key has a passphrase, a file or the environment has it. */
async function passphraseIn(folder: string, file: string | undefined): Promise<string> {
  if (file === undefined) {
    const given = process.env['FEDWARD_PASSPHRASE'];
    if (given) return given;
    throw new FedwardError(
      'CONFIG_INVALID',
      "the hospital's key is encrypted: name a file with its passphrase (`keys.passphraseFile`, --passphrase-file), or set FEDWARD_PASSPHRASE",
      'passphrase',
    );
  }
  const bytes = await readBytes(resolve(folder, file), { option: 'keys.passphraseFile', mostBytes: 65_536 });
  const [first = ''] = new TextDecoder().decode(bytes).split(/\r?\n/, 1);
  return first;
}

function text(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** An epsilon to four digits, rounded up: what is shown is never less than what was spent. */
function rounded(value: Json | undefined): string {
  if (typeof value !== 'number' || value === 0) return value === null ? 'without a bound' : text(value);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 3);
  return String(Number((Math.ceil(value / unit) * unit).toPrecision(4)));
}
