import { setMaxListeners } from 'node:events';
import { FedwardError, hasCode } from '@fedward/core';
import type { JsMsg } from '@nats-io/jetstream';
import { reached } from '@fedward/kit-daemon';
import type { AtWork } from './options.js';

/** A question at work. */
interface Job {
  readonly ask: string;
  readonly task: string;
  readonly about: AtWork;
  readonly stop: AbortController;
  /** As often as it came. */
  readonly messages: JsMsg[];
  /** The same task as it was asked before, which comes to its end first. */
  readonly older: Job | undefined;
  done: Promise<void>;
}

/** A question, as far as it says what is to become of one that is at work. */
export interface JobQuestion {
  readonly ask: string;
  readonly task: string;
  readonly about: AtWork;
}

/** How often the hub is told that a task is at work, milliseconds: a quarter of what it waits. */
const working = 1500;

/** What is at work, at most one question in each lane. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #timer = setInterval(() => this.#say(), working);

  constructor(private readonly onChange: () => void) {
    this.#timer.unref();
  }

  get atWork(): readonly AtWork[] {
    return [...this.#jobs.values()].map(({ about }) => about);
  }

  /**
   * Begins with a question, in the place of an older one of this lane; the same come again is acknowledged with the first.
   * The acknowledgement is the last of all: until then the hub would bring it again.
   *
   * A round that is asked for anew is the same task under another asking, as of a coordinator that died and shows where its
   * log stands now. What is at work for it was charged: it is not stopped, and the newer asking finds its answer kept.
   */
  begin(
    lane: string,
    { ask, task, about }: JobQuestion,
    message: JsMsg,
    work: (signal: AbortSignal) => Promise<void>,
  ): void {
    const before = this.#jobs.get(lane);
    const goesOn = before !== undefined && !before.stop.signal.aborted;
    if (goesOn && before.ask === ask) return void before.messages.push(message);
    const older = goesOn && about.kind === 'answer' && before.task === task ? before : undefined;
    if (!older) this.cancel(lane, 'the coordinator has asked something newer');
    const stop = new AbortController();
    setMaxListeners(0, stop.signal); // chunks under way listen to it, with no leak to warn of
    const job: Job = { ask, task, about, stop, messages: [message], older, done: Promise.resolve() };
    this.#jobs.set(lane, job);
    job.done = (async () => {
      await before?.done; // what it does to files is over
      try {
        await work(stop.signal);
      } catch (error) {
        if (hasCode(error, closing)) return job.messages.forEach((each) => each.nak()); // for who comes next
      } finally {
        if (this.#jobs.get(lane) === job) this.#jobs.delete(lane);
        this.onChange();
      }
      for (const each of job.messages) each.ack();
      reached('site.acked', { kind: about.kind, round: about.round });
    })();
    this.onChange();
  }

  /** Stops what is at work in a lane. @param ask only this question */
  cancel(lane: string, why: string, ask?: string): void {
    const job = this.#jobs.get(lane);
    if (job && (ask === undefined || job.ask === ask)) stopAll(job, new FedwardError('ABORTED', why));
  }

  /** Stops all, which is not acknowledged. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) stopAll(job, new FedwardError(closing, 'the courier was closed'));
    await Promise.all(jobs.map(({ done }) => done));
  }

  #say(): void {
    for (const { messages } of this.#jobs.values()) for (const message of messages) message.working();
  }
}

/** With what it waits for. */
function stopAll(job: Job, why: FedwardError): void {
  for (let each: Job | undefined = job; each; each = each.older) each.stop.abort(why);
}

/** Of the error that says that a courier was closed. */
const closing = 'COURIER_CLOSED';
