import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { note, printJson } from '@fedward/cli/command';
import { FedwardError, wordsOf } from '@fedward/core';
import { findServer } from '../hub/server.js';
import { ownCommand } from '../local/command.js';
import { LocalDeployment } from '../local/deployment.js';
import { modelOutcome, siteOutcome, type DemoOutcome } from './outcome.js';
import { demoScenario, type DemoScenario } from './scenario.js';
import type { DemoFlags } from './settings.js';
import { beginStudy, followStudy, study } from './study.js';
import { printOutcome } from './table.js';

/** How long the hospital that is killed stays away, seconds. */
const away = 1;

/**
 * A hub, a coordinator and three hospitals on this machine, and one study across them.
 * @throws {FedwardError} CONFIG_INVALID without nats-server; ABORTED by Ctrl-C; CLIENT_FAILED naming the process that failed
 */
export async function demoAction(flags: DemoFlags): Promise<void> {
  const server = await findServer('nats-server');
  note(`hub: ${server.path}, version ${server.version}`);
  const scenario = await demoScenario(flags);
  const folder = flags.folder === undefined ? await mkdtemp(join(tmpdir(), 'fedward-demo-')) : resolve(flags.folder);
  const stays = flags.folder !== undefined || flags.keep === true;
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of signals) process.on(signal, onSignal);
  let kept = true;
  try {
    const outcome = await demonstrate(folder, scenario, flags, stop.signal);
    if (flags.json) printJson(outcome);
    else printOutcome(outcome, stays ? folder : undefined);
    assertVerified(outcome);
    kept = stays;
  } catch (error) {
    if (stop.signal.aborted) throw new FedwardError('ABORTED', `stopped; what each process said is in ${join(folder, 'logs')}`); // prettier-ignore
    note(`what each process said is in ${join(folder, 'logs')}`);
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    if (!kept) await rm(folder, { recursive: true, force: true });
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const;

async function demonstrate(
  folder: string,
  scenario: DemoScenario,
  { seeded = false }: DemoFlags,
  signal: AbortSignal,
): Promise<DemoOutcome> {
  const start = performance.now();
  const { plan, sites } = scenario;
  const noise = seeded ? 'seeded' : 'secret';
  note(
    `making a coordinator and ${sites.map(({ id }) => id).join(', ')} in ${folder}: keys, certificates, one account each`,
  );
  const deployment = await LocalDeployment.make({
    ...{ folder, federation: 'demo', sites, noise, command: ownCommand(), signal },
  });
  try {
    await deployment.start();
    note(
      `${deployment.daemons.length} processes are started; noise is ${seeded ? 'from the seed: a simulation' : 'secret'}`,
    );
    await beginStudy(deployment, scenario, note);
    const { rounds } = plan;
    await followStudy(deployment, { rounds, midway: () => killOne(deployment, signal), say: note });
    await deployment.close();
    note('the study is done and all processes have ended; logs and ledgers are verified');
    const model = await modelOutcome(
      join(deployment.coordinatorFolder, 'studies', study, 'model.safetensors'),
      scenario,
    );
    const outcomes = await Promise.all(sites.map(({ id }) => siteOutcome(deployment, id, study)));
    return { model, sites: outcomes, rounds, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    if (!signal.aborted) tellLastWords(deployment);
    throw error;
  } finally {
    await deployment.close().catch((error: unknown) => note(wordsOf(error)));
  }
}

/** Who said what before it failed. */
function tellLastWords({ daemons }: LocalDeployment): void {
  for (const daemon of daemons) {
    note(`${daemon.name}, ${daemon.isRunning ? 'which runs' : 'which has ended'}, said last:`);
    for (const line of daemon.lastWords(5)) note(`  ${line}`);
  }
}

/** The last hospital's process, as if its machine had lost its power. */
async function killOne(deployment: LocalDeployment, signal: AbortSignal): Promise<void> {
  const [id, site] = [...deployment.sites].at(-1)!;
  await site.kill();
  note(`${id} was killed (SIGKILL) in mid-study`);
  await pause(away * 1000, undefined, { signal });
  site.start();
  note(`${id} is started again, and goes on where it was`);
}

function assertVerified({ sites }: DemoOutcome): void {
  const bad = sites.filter(({ auditVerified }) => !auditVerified).map(({ id }) => id);
  if (bad.length > 0)
    throw new FedwardError('AUDIT_TAMPERED', `log or ledger does not hold: ${bad.join(', ')}`, bad[0]);
}
