import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Json, JsonObject } from '@fedward/core';
import { askControl } from '@fedward/kit-daemon';
import { makeFolder } from '@fedward/kit-files';
import { studyQuestions } from '../daemon/study-handlers.js';
import { eventsAtATime, type StudyStatus } from '../studies/studies.js';
import { askCommand } from './command.js';
import { LocalDaemon } from './daemon.js';
import { enrol } from './enrol.js';
import type { LocalDeploymentOptions } from './options.js';
import { strayHubs } from './stray-hubs.js';

/**
 * A coordinator and hospitals as processes on this machine, made by the commands that people use and with keys and
 * certificates of their own, at free ports of loopback.
 */
export class LocalDeployment {
  readonly coordinator: LocalDaemon;
  /** By id, in the order of the federation. */
  readonly sites: ReadonlyMap<string, LocalDaemon>;

  private constructor(private readonly options: LocalDeploymentOptions) {
    const by = (command = options.command) => ({ ...options, command });
    const coordinator = ['coordinator', 'start', '--foreground', '--folder', this.coordinatorFolder];
    this.coordinator = new LocalDaemon(
      'the coordinator',
      by(options.coordinatorCommand),
      coordinator,
      this.#log('coordinator'),
    );
    this.sites = new Map(
      options.sites.map(({ id, command }) => {
        const site = ['site', 'start', '--folder', this.siteFolder(id)];
        return [id, new LocalDaemon(id, by(command), site, this.#log(id))];
      }),
    );
  }

  /** Makes all folders and has all hospitals taken in; nothing runs yet. @throws {FedwardError} as the commands do */
  static async make(options: LocalDeploymentOptions): Promise<LocalDeployment> {
    const deployment = new LocalDeployment(options);
    await makeFolder(deployment.logs);
    await enrol(deployment, options);
    return deployment;
  }

  get folder(): string {
    return this.options.folder;
  }

  /** Ends what is under way. */
  get signal(): AbortSignal | undefined {
    return this.options.signal;
  }

  /** Where each process writes what it says. */
  get logs(): string {
    return join(this.folder, 'logs');
  }

  get coordinatorFolder(): string {
    return join(this.folder, 'coordinator');
  }

  siteFolder(id: string): string {
    return join(this.folder, id);
  }

  /** All that run, or should. */
  get daemons(): readonly LocalDaemon[] {
    return [this.coordinator, ...this.sites.values()];
  }

  /**
   * Starts the coordinator, and hospitals once it answers: they would wait for the hub.
   * @throws {FedwardError} CLIENT_FAILED where it has ended
   */
  async start(): Promise<void> {
    this.coordinator.start();
    await this.until(() => this.studies());
    for (const site of this.sites.values()) site.start();
  }

  /** Runs a command to its end: see `askCommand`. */
  ask(...args: readonly string[]): Promise<Json> {
    return askCommand(this.options, args);
  }

  /**
   * Where a study stands, as `fedward study status` tells it, without a process for each look.
   * @param from number of the first event that is told
   */
  async studyStatus(id: string, from = 0): Promise<Json> {
    const status = (await this.#askCoordinator(studyQuestions.status, { id, from })) as unknown as StudyStatus;
    const events = [...status.events];
    for (let page = status.events; page.length === eventsAtATime; events.push(...page)) {
      const next = { id, from: events.at(-1)!.number + 1 };
      page = ((await this.#askCoordinator(studyQuestions.status, next)) as unknown as StudyStatus).events;
    }
    return { ...status, events } as unknown as Json;
  }

  /** All studies that the coordinator has: it runs where it answers. */
  studies(): Promise<Json> {
    return this.#askCoordinator(studyQuestions.list, {});
  }

  /** Approves a study at a hospital by hand, as its people would, once it was proposed there. */
  async approve(site: string, study: string): Promise<Json> {
    await this.until(async () => {
      const known = await askControl(this.siteFolder(site), 'studies', {}, { program: 'site' });
      return (known as readonly JsonObject[]).some(({ id }) => id === study) || undefined;
    });
    return this.ask('site', 'approve', study, '--by', 'the demonstration', '--folder', this.siteFolder(site));
  }

  /**
   * Asks again until there is an answer, while all processes run.
   * @param question undefined for no answer yet; what it throws is taken for none
   * @throws {FedwardError} CLIENT_FAILED for a process that has ended; after so many seconds what was thrown last
   */
  async until<T>(question: () => Promise<T | undefined>, seconds = 180): Promise<T> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      let last: unknown = new Error('no answer');
      try {
        const answer = await question();
        if (answer !== undefined) return answer;
      } catch (error) {
        last = error;
      }
      for (const daemon of this.daemons) daemon.assertRunning();
      this.signal?.throwIfAborted();
      if (performance.now() > end) throw last;
      await pause(100);
    }
  }

  /** Ends all processes: hospitals first, so that none waits for who has gone. */
  async close(): Promise<void> {
    await Promise.all([...this.sites.values()].map((site) => site.stop()));
    await this.coordinator.stop();
    await strayHubs(join(this.coordinatorFolder, 'hub'));
  }

  #askCoordinator(question: string, body: Json): Promise<Json> {
    return askControl(this.coordinatorFolder, question, body, { program: 'coordinator' });
  }

  #log(name: string): string {
    return join(this.logs, `${name}.log`);
  }
}
