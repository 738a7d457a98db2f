import { FedwardError, wordsOf, type State } from '@fedward/core';
import { encodeReply, errorAsData } from '@fedward/core/wire';
import type { Frame, PlannedRun, SiteDone, SiteJob, SitesElsewhere } from '@fedward/sim-healthcare';
import type { HubAddress } from '../hub/address.js';
import { connectToHub } from '../hub/connect.js';
import { timing } from '../hub/names.js';
import { refOf, type PiecesRef } from '../hub/pieces.js';
import { decodeAsk, decodeResult, encodeFrame } from '../messages.js';
import { clock } from '../clock.js';
import { Batch, type Errand } from './batch.js';
import { batchesOf } from './batching.js';
import { RollCall } from './roll-call.js';
import { Session } from './session.js';

/** A frame that was put on the hub. */
interface SentFrame {
  readonly ref: PiecesRef;
  readonly bytes: Uint8Array;
  /** Batches of it that are not over. */
  readonly open: Set<Batch>;
  readonly stored: Promise<void>;
  /** Batches of it that are. */
  readonly over: string[];
}

/**
 * The sites of a run in worker processes. Batches of clients go into a queue on the hub; what comes of each is written
 * there once. Every second the queue is looked through: what was lost with a hub is put there again, what was missed is
 * fetched. Results are resolved one by one, and reduced by the run in the order of its cohort, whoever was first.
 */
export class SitesOverNats implements SitesElsewhere {
  readonly #closing = new AbortController();
  readonly #batches = new Map<string, Batch>();
  readonly #frames = new Map<Frame, SentFrame>();
  #waiting: Errand[] = [];
  #names = 0;
  #session: Session | undefined;
  #roll: RollCall | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again = 0;
  #looking: Promise<void> = Promise.resolve();
  #isLooking = false;

  constructor(
    private readonly planned: PlannedRun,
    private readonly trainer: string,
    private readonly address: HubAddress,
  ) {}

  async start(say: (words: string) => void, signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    const connection = await connectToHub(this.address, say, stop);
    try {
      this.#session = await Session.open(
        connection,
        { run: this.planned, trainer: this.trainer },
        this.#closing.signal,
      );
    } catch (error) {
      await connection.close();
      throw error;
    }
    const roll = (this.#roll = new RollCall(say));
    this.#session.onHere((here) => roll.hear(here));
    this.#session.onResult((name, data, blob) => void this.#hear(name, data, blob));
    this.#session.onAsk((asked) => this.#answer(asked));
    this.#timer = setInterval(() => this.#look(), timing.reconcileMs);
    say(`waiting for a worker at ${this.address.url}: fedward worker --nats ${this.address.url}`);
    await Promise.race([roll.first(), aborted(stop)]);
  }

  run(
    clientId: string,
    makeJob: Parameters<SitesElsewhere['run']>[1],
    signal: AbortSignal,
    { services }: Parameters<SitesElsewhere['run']>[3] = {},
  ): Promise<unknown> {
    return new Promise<SiteDone>((resolve, reject) => {
      if (this.#closing.signal.aborted) return reject(new FedwardError('ABORTED', `${clientId} was stopped`, clientId));
      const job = makeJob({}) as SiteJob;
      if (this.#waiting.push({ job, frame: job.frame!, signal, services, resolve, reject }) > 1) return;
      // Those that are asked in one go are trained in batches.
      setImmediate(() => this.#send());
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    const stopped = new FedwardError('ABORTED', 'the simulation was stopped');
    for (const { reject } of this.#waiting) reject(stopped);
    for (const batch of this.#batches.values()) batch.fail(stopped);
    await this.#looking;
    const session = this.#session;
    if (!session) return;
    // What stays behind on a hub that is gone is forgotten there.
    await Promise.race([session.end().catch(() => undefined), waited(timing.requestMs)]);
    await session.connection.close();
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const errands of batchesOf(waiting, this.#roll!.clientsAtOnce)) {
      const frame = this.#frameOf(errands[0]!.frame);
      const batch = new Batch(String(this.#names++), frame.ref, errands, () => {
        this.#over(batch, frame);
        if (batch.seq !== undefined) void this.#session!.withdraw(batch.seq).catch(() => undefined);
      });
      this.#batches.set(batch.name, batch);
      frame.open.add(batch);
      void this.#queue(batch, frame, 0);
    }
  }

  async #queue(batch: Batch, frame: SentFrame, attempt: number): Promise<void> {
    try {
      await frame.stored;
      if (attempt > 0) await this.#session!.putFrame(frame.bytes, frame.ref);
      if (batch.over) return;
      batch.seq = await this.#session!.putJob(batch.name, batch.order, attempt);
      batch.sentAt = performance.now();
    } catch (error) {
      batch.fail(error instanceof Error ? error : new Error(wordsOf(error)));
      this.#over(batch, frame);
    }
  }

  /** Puts what a round's clients are sent on the hub, once; what nobody needs any more is removed. */
  #frameOf(frame: Frame): SentFrame {
    let sent = this.#frames.get(frame);
    if (sent) return sent;
    for (const [other, { open }] of this.#frames) if (open.size === 0) this.#drop(other);
    const bytes = encodeFrame(frame);
    const ref = refOf(bytes);
    sent = { ref, bytes, open: new Set(), over: [], stored: this.#session!.putFrame(bytes, ref) };
    this.#frames.set(frame, sent);
    return sent;
  }

  #drop(frame: Frame): void {
    const sent = this.#frames.get(frame)!;
    this.#frames.delete(frame);
    const isUsed = [...this.#frames.values()].some(({ ref }) => ref.sha256 === sent.ref.sha256);
    // Not in a hurry, and the hub forgets it in time if this fails.
    void this.#session!.forget(sent.over, isUsed ? undefined : sent.ref).catch(() => undefined);
  }

  #over(batch: Batch, frame: SentFrame): void {
    this.#batches.delete(batch.name);
    frame.open.delete(batch);
    frame.over.push(batch.name);
  }

  async #hear(name: string, data: Uint8Array, blob: string | undefined): Promise<void> {
    const batch = this.#batches.get(name);
    if (!batch) return;
    try {
      const whole = await this.#session!.whole(data, blob);
      if (whole && this.#batches.has(name)) batch.settle(decodeResult(whole, clock()).done);
      else return;
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      batch.fail(error instanceof Error ? error : new Error(wordsOf(error)));
    }
    this.#over(batch, this.#frameWith(batch));
  }

  #frameWith(batch: Batch): SentFrame {
    return [...this.#frames.values()].find(({ open }) => open.has(batch))!;
  }

  async #answer(asked: Uint8Array): Promise<Uint8Array> {
    try {
      const ask = decodeAsk(asked);
      const batch = this.#batches.get(ask.job);
      if (!batch) throw new FedwardError('ABORTED', 'nobody waits for this job any more', ask.job);
      const value = await batch.answer(ask);
      return encodeReply({ answer: (value === undefined ? [] : [value]) as State });
    } catch (error) {
      return encodeReply({ error: errorAsData(error) });
    }
  }

  #look(): void {
    this.#roll!.look();
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#looking = this.#reconcile()
      .catch(() => undefined) // the hub is away: the next time
      .finally(() => (this.#isLooking = false));
  }

  /** Compares what is waited for with what the hub has. */
  async #reconcile(): Promise<void> {
    const session = this.#session!;
    const old = [...this.#batches.values()].filter(({ sentAt }) => performance.now() - sentAt > timing.reconcileMs);
    if (await session.heal()) for (const { ref, bytes } of this.#frames.values()) await session.putFrame(bytes, ref);
    if (old.length === 0) return;
    // In this order: a job leaves the queue once its result is there.
    const jobs = await session.jobs();
    const results = await session.results();
    for (const batch of old) {
      if (batch.over) continue;
      const data = results.has(batch.name) ? await session.result(batch.name) : undefined;
      if (data) {
        await this.#hear(batch.name, data, undefined);
        continue;
      }
      if (jobs.has(batch.name)) continue;
      await session.forget([batch.name]); // a result of which the hub has lost a piece is none
      batch.sentAt = Infinity;
      await this.#queue(batch, this.#frameWith(batch), ++this.#again);
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new FedwardError('ABORTED', 'stopped while waiting for a worker'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function waited(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
