import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LocalDeployment, siteOutcome, type LocalDaemon, type SiteOutcome } from '@fedward/coordinator';
import { askControl } from '@fedward/kit-daemon';
import { approveAt } from './approve-at.js';
import { hubOf, hubVersion, type DeployedHub } from './deployed-hub.js';

/** The command, as it is built. */
export const command = [process.execPath, fileURLToPath(new URL('../../packages/cli/bin/fedward.js', import.meta.url))];
const killAtFile = pathToFileURL(fileURLToPath(new URL('kill-at.mjs', import.meta.url))).href;

/** After a process has ended it is started again so much later, as a machine's own supervisor does, milliseconds. */
const startAgainAfter = 200;

/** `coordinator`, or a hospital's id. */
export type Party = string;

/** What a study came to. */
export interface StudyEnd {
  readonly state: string;
  readonly why: string;
  /** Digest of the model. */
  readonly sha256: string;
  readonly sites: readonly SiteOutcome[];
}

/**
 * A hub, a coordinator and hospitals of the tutorial as real processes, each started again by itself whenever it has ended, so
 * that tests can kill whom they like.
 */
export interface TestDeployment {
  readonly folder: string;
  readonly members: readonly string[];
  readonly local: LocalDeployment;
  /** Run by the test: the coordinator does not start it again. */
  readonly hub: DeployedHub;
  /** SIGKILL. */
  kill(party: Party): Promise<void>;
  /**
   * Has a process die (SIGKILL) at named points, one after the other; in between it is started again. It is stopped and
   * started for that, which is no part of the disturbance.
   * @param killAt such as `site.trained#2`: see `kill-at.mjs`
   */
  dieAt(party: Party, killAt: readonly string[]): Promise<void>;
  /** Points at which it has died since `dieAt`. */
  deaths(party: Party): readonly string[];
  /** Proposes a study, has each hospital approve it by hand, starts it. @param plan a file */
  begin(id: string, plan: string): Promise<void>;
  /** Waits until a study has done so many rounds, or is over. */
  roundsDone(id: string, count: number): Promise<void>;
  /** Waits for its end. @throws where it takes longer, with where it stood and what each process said last */
  ended(id: string, seconds?: number): Promise<StudyEnd>;
  /** Where it stands, what happened to it, and what each process said last: for people, once something is not as it should be. */
  story(id: string): Promise<string>;
  close(): Promise<void>;
}

/** @param hospitals of the tutorial */
export async function startDeployment({ hospitals = 3 } = {}): Promise<TestDeployment> {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-deployment-'));
  const members = Array.from({ length: hospitals }, (_, n) => `hospital-${n}`);
  const local = await LocalDeployment.make({
    ...{ folder, federation: 'tested', noise: 'seeded', command, startHub: false, hubVersion: hubVersion() },
    sites: members.map((id) => ({
      ...{ id, data: { scenario: 'tutorial', hospital: id, hospitals } },
      // Study after study on the same patients, of simulated noise.
      settings: { 'ledger.budget': 1e6 },
    })),
  });
  const hub = await hubOf(join(local.coordinatorFolder, 'hub'));
  const environments = new Map<Party, Readonly<Record<string, string>>>();
  const daemonOf = (party: Party): LocalDaemon =>
    party === 'coordinator' ? local.coordinator : local.sites.get(party)!;
  const parties = ['coordinator', ...members];
  const markersOf = (party: Party): string => join(folder, 'deaths', party);
  let watching = true;
  /** While a test stops one by intent. */
  const held = new Set<Party>();
  const watch = async (party: Party): Promise<void> => {
    const daemon = daemonOf(party);
    while (watching) {
      if (!daemon.isRunning && !held.has(party)) daemon.start(environments.get(party));
      await Promise.race([daemon.ended(), pause(startAgainAfter)]);
      if (!daemon.isRunning) await pause(startAgainAfter);
    }
  };
  const watches = parties.map(watch);

  return {
    ...{ folder, members, local, hub },
    kill: (party) => daemonOf(party).kill(),
    async dieAt(party, killAt) {
      rmSync(markersOf(party), { recursive: true, force: true });
      mkdirSync(markersOf(party), { recursive: true });
      environments.set(party, {
        NODE_OPTIONS: `--import=${killAtFile}`,
        FEDWARD_TEST_KILL_AT: killAt.join(','),
        FEDWARD_TEST_KILL_MARKERS: markersOf(party),
      });
      held.add(party);
      await daemonOf(party).stop();
      held.delete(party);
    },
    deaths: (party) =>
      readdirSync(markersOf(party))
        .sort((a, b) => Number(a) - Number(b))
        .map((name) => readFileSync(join(markersOf(party), name), 'utf8')),
    begin: (id, plan) => begin(local, members, id, plan),
    async roundsDone(id, count) {
      await patiently(async () => {
        const { state, events } = (await local.studyStatus(id)) as unknown as Standing;
        const rounds = events.filter(({ kind }) => kind === 'round').length;
        if (rounds < count && !over.includes(state)) throw new Error(`study ${id} has done ${rounds} rounds`);
      }, patience);
    },
    ended: (id, seconds = patience) => ended(local, members, id, seconds),
    story: (id) => story(local, id),
    async close() {
      watching = false;
      await Promise.all(watches);
      await local.close();
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Seconds. Long, for machines with much else to do: nothing waits longer than it must. */
const patience = 300;

/** States in which a study does nothing more by itself. */
const over = ['done', 'failed', 'stopped', 'paused'];

/** Whatever does not run at the moment is asked again. */
async function patiently<T>(work: () => Promise<T>, seconds = patience): Promise<T> {
  for (const end = performance.now() + seconds * 1000; ;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await pause(200);
    }
  }
}

async function begin(local: LocalDeployment, members: readonly string[], id: string, plan: string): Promise<void> {
  const at = ['--folder', local.coordinatorFolder];
  await patiently(() => local.studies());
  await local.ask('study', 'propose', '--plan', plan, '--id', id, '--name', id, '--members', members.join(','), ...at);
  await Promise.all(members.map((member) => patiently(() => approveAt(local, member, id))));
  await askControl(
    local.coordinatorFolder,
    'study.start',
    { id },
    { program: 'coordinator', timeoutSeconds: patience },
  );
}

async function ended(
  local: LocalDeployment,
  members: readonly string[],
  id: string,
  seconds: number,
): Promise<StudyEnd> {
  let last: Standing = { state: 'not known', why: '', events: [] };
  for (const end = performance.now() + seconds * 1000; ;) {
    last = await local.studyStatus(id).then((value) => value as unknown as Standing, () => last); // prettier-ignore
    if (over.includes(last.state)) break;
    if (performance.now() > end) throw new Error(await story(local, id));
    await pause(200);
  }
  if (last.state !== 'done') throw new Error(await story(local, id));
  const file = join(local.coordinatorFolder, 'studies', id, 'result.json');
  const result = JSON.parse(readFileSync(file, 'utf8')) as { readonly model: { readonly sha256: string } };
  const sites = await Promise.all(members.map((member) => outcomeOf(local, member, id)));
  return { ...last, sha256: result.model.sha256, sites };
}

/** Of so many looks at a hospital's log and ledger the last one counts. */
const mostLooks = 20;

/**
 * Once the hospital is up again, where it was killed as its study ended: what its death left half written is set aside then.
 * A log that is written to meanwhile may look torn for a moment; one that is torn stays so.
 */
async function outcomeOf(local: LocalDeployment, member: string, id: string): Promise<SiteOutcome> {
  await patiently(() => askControl(local.siteFolder(member), 'studies', {}, { program: 'site' }));
  for (let look = 1; ; look++) {
    const outcome = await siteOutcome(local, member, id);
    if (outcome.auditVerified || look === mostLooks) return outcome;
    await pause(250);
  }
}

interface Standing {
  readonly state: string;
  readonly why: string;
  readonly events: readonly { readonly kind: string }[];
}

/** Lines of each process's log. */
const lastLines = 40;

async function story(local: LocalDeployment, id: string): Promise<string> {
  const standing = await local.studyStatus(id).then(
    (value) => {
      const { state, why, events } = value as unknown as Standing;
      return [`study ${id} is ${state}: ${why}`, ...events.map((event) => JSON.stringify(event))];
    },
    (error: unknown) => [`the coordinator does not say where study ${id} stands: ${String(error)}`],
  );
  const words = local.daemons.flatMap((daemon) => [`--- ${daemon.name}`, ...daemon.lastWords(lastLines)]);
  return [...standing, ...words].join('\n');
}
