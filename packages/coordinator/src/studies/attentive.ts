import {
  abortable,
  FedwardError,
  hasCode,
  type Client,
  type EvaluateTask,
  type MechanismCall,
  type Task,
  type Transport,
  type Update,
} from '@fedward/core';
import { reached } from '@fedward/kit-daemon';
import { Bench } from './bench.js';
import { absenceText, durationText, type Presence } from './presence.js';

/** By which an attentive transport tells time, so that tests can do without waiting. */
export interface AttentiveClock {
  /** Seconds, monotonic. */
  now(): number;
  /** Calls again and again. @returns what ends it */
  every(seconds: number, call: () => void): () => void;
}

/** Of `attentive`. */
export interface AttentiveOptions {
  readonly runId: string;
  /** Whether a hospital approves of the study now; else it is not asked. Default: all do. */
  readonly approved?: (id: string) => boolean;
  readonly onRound?: (round: number) => void;
  /** A hospital that had approved refuses the plan now. */
  readonly onRefused?: (id: string, error: FedwardError) => void;
  /** A hospital has answered a task, if by an error. */
  readonly onAnswer?: (id: string, error?: unknown) => void;
  /** How long one that goes away in mid-round is waited for. Default: 30. */
  readonly graceSeconds?: number;
  /** Default: the machine's. */
  readonly clock?: AttentiveClock;
}

/** A transport that does not wait for who is known to be away. */
export interface AttentiveTransport extends Transport {
  /** Of the clients those that would be asked in a round that starts now. */
  available(): readonly string[];
  /** Why one of the others would not. */
  whyNot(id: string): string | undefined;
  /** Those that are left out for having kept rounds waiting may be asked again: for rounds that can't do without them. */
  forgive(): void;
  /** No round is under way any more: one that is run again counts as another. */
  roundsOver(): void;
}

/** How often it is looked whether one that was asked is still there, seconds. */
const lookEvery = 1;

/**
 * Asks only who is there. A member that is absent is refused at once with CLIENT_ABSENT, and so is, after a grace, one that
 * goes away in mid-round; one that has kept a round waiting until its deadline is left out for a while (`Bench`); one that
 * has not approved is refused with APPROVAL_AWAITED, which is no last word: it is asked as soon as it has. `clients()` stays
 * the roster.
 */
export function attentive(transport: Transport, presence: Presence, options: AttentiveOptions): AttentiveTransport {
  const {
    runId,
    approved = () => true,
    onRound,
    onRefused,
    onAnswer,
    graceSeconds = 30,
    clock = machineClock,
  } = options;
  const bench = new Bench(runId, presence);

  const refusalOf = (id: string): FedwardError | undefined => {
    if (!approved(id))
      return new FedwardError('APPROVAL_AWAITED', `${id} does not approve of the study, or not yet`, id);
    const standing = presence.of(id);
    if (!standing.present) return new FedwardError('CLIENT_ABSENT', absenceText(id, standing), id);
    const why = bench.why(id);
    return why === undefined ? undefined : new FedwardError('CLIENT_ABSENT', why, id);
  };

  const starts = (round: number): void => {
    if (!bench.inRound(round)) return;
    reached('coordinator.round-started', { runId, round });
    onRound?.(round);
  };

  const enter = (id: string): void => {
    const refusal = refusalOf(id);
    if (!refusal) return;
    if (!presence.of(id).present) bench.away(id);
    throw refusal;
  };

  /** An answer that is fetched, or the refusal that lies in its place. */
  const fetched = async (id: string, answer: Promise<Update>): Promise<Update> => {
    try {
      const update = await answer;
      onAnswer?.(id);
      return update;
    } catch (error) {
      if (hasCode(error, 'PLAN_NOT_APPROVED')) onRefused?.(id, error);
      onAnswer?.(id, error);
      throw error;
    }
  };

  /** What a member gives while it is there, and while it is waited for. */
  const ask = async <T>(
    id: string,
    outer: AbortSignal,
    asked: (signal: AbortSignal) => Promise<T>,
    end: 'stop' | 'rest' = 'stop',
  ): Promise<T> => {
    enter(id);
    const watch = watchWhile(id, outer);
    try {
      const answer = await abortable(() => asked(watch.signal), watch.signal);
      bench.answered(id);
      if (end === 'rest') watch.rest();
      else watch.stop();
      return answer;
    } catch (error) {
      if (watch.lapsed()) bench.missed(id, 'lapse');
      else if (!outer.aborted)
        bench.answered(id); // if by an error
      else if (hasCode(outer.reason, 'DEADLINE_PASSED')) bench.missed(id, 'deadline');
      watch.stop();
      throw error;
    }
  };

  /** A signal that fires with the outer one, and once the member has been away for the grace. */
  const watchWhile = (id: string, outer: AbortSignal) => {
    const stop = new AbortController();
    let awaySince: number | undefined;
    let lapsed = false;
    const abort = (): void => stop.abort(outer.reason);
    const look = (): void => {
      if (presence.of(id).present) awaySince = undefined;
      else if (clock.now() - (awaySince ??= clock.now()) >= graceSeconds && !stop.signal.aborted) {
        lapsed = true;
        const words = `${id} went away in mid-round and was waited for for ${durationText(graceSeconds)}`;
        stop.abort(new FedwardError('CLIENT_ABSENT', words, id));
      }
    };
    outer.addEventListener('abort', abort);
    if (outer.aborted) abort();
    const takeBack = clock.every(lookEvery, look);
    return {
      signal: stop.signal,
      lapsed: () => lapsed,
      /** No look any more; it still fires with the outer one. */
      rest: takeBack,
      /** Whatever of it goes on is waited for no longer. */
      stop() {
        takeBack();
        outer.removeEventListener('abort', abort);
        stop.abort(over);
      },
    };
  };

  const askInRound = <T>(
    id: string,
    round: number,
    signal: AbortSignal,
    asked: (own: AbortSignal) => Promise<T>,
    end?: 'stop' | 'rest',
  ) => {
    starts(round);
    return ask(id, signal, asked, end);
  };

  /** A refusal here would be the last word in core, which asks such a site no more; an approval may be given later. */
  const introduce = <T>(id: string, signal: AbortSignal, asked: (own: AbortSignal) => Promise<T>): Promise<T> =>
    ask(id, signal, asked).catch((error: unknown) => {
      if (!hasCode(error, 'PLAN_NOT_APPROVED')) throw error;
      onRefused?.(id, error);
      throw new FedwardError('APPROVAL_AWAITED', error.message, id, { cause: error });
    });

  const { announce } = transport;
  /** Tasks whose answers lie ready: they are fetched whether or not the member is still there. */
  const ready = new WeakSet<Task>();
  return {
    clients: () => transport.clients(),
    available: () => transport.clients().filter((id) => refusalOf(id) === undefined),
    whyNot: (id) => refusalOf(id)?.message,
    forgive: () => bench.forgive(),
    roundsOver: () => bench.over(),
    close: () => transport.close(),
    ...(announce && {
      async announce(id: string, task: Task, signal: AbortSignal) {
        await askInRound(id, task.round, signal, (own) => announce.call(transport, id, task, own), 'rest');
        ready.add(task);
      },
    }),
    client(id): Client {
      const client = transport.client(id);
      return {
        id,
        describe: (signal) => introduce(id, signal, (own) => client.describe(own)),
        propose: (plan, signal) => introduce(id, signal, (own) => client.propose(plan, own)),
        answer: (task: Task, signal) =>
          fetched(
            id,
            ready.has(task)
              ? client.answer(task, signal)
              : askInRound(id, task.round, signal, (own) => client.answer(task, own)),
          ),
        evaluate: (task: EvaluateTask, signal) =>
          askInRound(id, task.round, signal, (own) => client.evaluate(task, own)),
        call: (call: MechanismCall, signal) => askInRound(id, call.round, signal, (own) => client.call(call, own)),
      };
    },
  };
}

/** Without a reason of ours the platform would make one at each answer, with its stack. */
const over = new FedwardError('ABORTED', 'it is over');

const machineClock: AttentiveClock = {
  now: () => performance.now() / 1000,
  every(seconds, call) {
    const timer = setInterval(call, seconds * 1000);
    timer.unref();
    return () => clearInterval(timer);
  },
};
