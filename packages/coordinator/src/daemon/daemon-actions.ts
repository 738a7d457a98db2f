import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, passphraseOnce, printJson, printLine, printTable } from '@fedward/cli/command';
import { FedwardError, hasCode, type Json } from '@fedward/core';
import { askControl, onSignals } from '@fedward/kit-daemon';
import { coordinatorFolder, readCoordinatorConfig } from '../config/read.js';
import { coordinatorKeyName } from '../members/office.js';
import { daemonQuestions, startDaemon } from './daemon.js';
import type { LiveLogLine } from './live-logs.js';

export interface DaemonFlags {
  readonly folder?: string;
  readonly json?: boolean;
}
export interface DaemonStartFlags extends DaemonFlags {
  readonly foreground?: boolean;
  readonly passphraseFile?: string;
}

export interface LogsFlags extends DaemonFlags {
  readonly follow?: boolean;
}

interface DaemonStatus {
  readonly federation: string;
  readonly pid: number;
  readonly seconds: number;
  readonly store: string;
  readonly hub: {
    readonly connected: boolean;
    readonly version: string | null;
    readonly full: boolean | null;
    /** Why it was started anew by its coordinator. */
    readonly remedied: string | null;
    /** In whose account it answers nothing, though connections stand. */
    readonly silentFor: string | null;
  };
  readonly members: readonly { readonly id: string; readonly present: boolean; readonly version: string | null }[];
  readonly studies: readonly { readonly id: string; readonly state: string; readonly why: string }[];
}

/** How long a daemon may take until it answers, seconds: an embedded database is made at its first start. */
const patience = 120;

export async function startAction(flags: DaemonStartFlags): Promise<void> {
  const folder = coordinatorFolder(flags.folder);
  const config = await readCoordinatorConfig(folder);
  if (!flags.foreground) return startInBackground(folder, flags);
  const passphrase = passphraseOnce(coordinatorKeyName(config.federation), flags.passphraseFile);
  await new Promise<void>((resolve, reject) => {
    const starting = startDaemon(config, { passphrase, onStop: () => void end() });
    const end = async (): Promise<void> => {
      await (await starting).close();
      takeBack();
      resolve();
    };
    const takeBack = onSignals(async () => (await starting.catch(() => undefined))?.close());
    starting.catch(reject);
  });
}

/** A process of its own, whose log goes into the folder. */
async function startInBackground(folder: string, flags: DaemonStartFlags): Promise<void> {
  const path = join(folder, 'coordinator.log');
  const log = await open(path, 'a', 0o600);
  const passphrase = flags.passphraseFile === undefined ? [] : ['--passphrase-file', flags.passphraseFile];
  const own = [...process.execArgv, process.argv[1]!, 'coordinator', 'start', '--foreground', '--folder', folder];
  const child = spawn(process.execPath, [...own, ...passphrase], { detached: true, stdio: ['ignore', log.fd, log.fd] });
  await log.close();
  let ended = false;
  child.on('exit', () => (ended = true));
  for (let tries = 0; tries < 4 * patience && !ended; tries++) {
    const status = await asked(folder);
    if (status) {
      child.unref();
      if (flags.json) return printJson(status);
      printLine(`the coordinator of ${status.federation} runs as process ${status.pid}`);
      return note(`Its log is ${path}.`);
    }
    await sleep(250);
  }
  if (!ended) child.kill();
  throw new FedwardError('CONFIG_INVALID', `the coordinator did not start: ${path} tells why`, path);
}

async function asked(folder: string): Promise<DaemonStatus | undefined> {
  try {
    return await statusOf(folder);
  } catch (error) {
    if (hasCode(error, 'CONFIG_INVALID')) return undefined;
    throw error;
  }
}

async function statusOf(folder: string): Promise<DaemonStatus> {
  const answer: Json = await askControl(folder, daemonQuestions.status, null, { program: 'coordinator' });
  return answer as unknown as DaemonStatus;
}

export async function statusAction(flags: DaemonFlags): Promise<void> {
  const status = await statusOf(coordinatorFolder(flags.folder));
  if (flags.json) return printJson(status);
  const { federation, pid, hub, members, studies, store } = status;
  printLine(`coordinator of ${federation}, process ${pid}, store ${store}`);
  printLine(
    `hub: ${hub.connected ? 'connected' : 'not connected'}${hub.version === null ? '' : `, nats-server ${hub.version}`}`,
  );
  if (hub.full) printLine('hub: its disk is full: it keeps nothing until there is room');
  if (hub.silentFor !== null) printLine(`hub: it answers nothing in the account of ${hub.silentFor}`);
  if (hub.remedied !== null) printLine(`hub: it was started anew, the last time because: ${hub.remedied}`);
  if (members.length > 0)
    printTable(
      ['Hospital', 'Present', 'Version'],
      members.map(({ id, present, version }) => [id, present ? 'yes' : 'no', version ?? '']),
    );
  if (studies.length > 0)
    printTable(
      ['Study', 'State', ''],
      studies.map(({ id, state, why }) => [id, state, why]),
    );
}

/** Lines that hospitals show; they are kept in memory, and nowhere else. */
export async function logsAction(site: string | undefined, flags: LogsFlags): Promise<void> {
  const folder = coordinatorFolder(flags.folder);
  for (let from = 0; ; await sleep(1000)) {
    const body = { from, ...(site !== undefined && { site }) };
    const answer: Json = await askControl(folder, daemonQuestions.logs, body, { program: 'coordinator' });
    const lines = answer as unknown as readonly LiveLogLine[];
    if (flags.json && !flags.follow) return printJson(lines);
    for (const line of lines) {
      if (flags.json) printJson(line);
      else printLine(logText(line));
    }
    if (!flags.follow) {
      if (lines.length === 0) note('No hospital has shown anything since this coordinator started.');
      return;
    }
    from = (lines.at(-1)?.number ?? from - 1) + 1;
  }
}

function logText({ time, site, event, study, round, kind, code }: LiveLogLine): string {
  const about = [event, kind, study && `study ${study}`, round === undefined ? undefined : `round ${round}`, code];
  return `${time.slice(0, 19).replace('T', ' ')}  ${site}  ${about.filter(Boolean).join(', ')}`;
}

export async function stopAction(flags: DaemonFlags): Promise<void> {
  const folder = coordinatorFolder(flags.folder);
  const { pid } = (await askControl(folder, daemonQuestions.stop, null, { program: 'coordinator' })) as { pid: number };
  for (let tries = 0; tries < 120 && isAlive(pid); tries++) await sleep(250);
  if (flags.json) printJson({ pid, stopped: !isAlive(pid) });
  else printLine(isAlive(pid) ? `process ${pid} is still ending` : 'the coordinator has ended');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
