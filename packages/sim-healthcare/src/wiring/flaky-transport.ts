import { FedwardError, type Client, type Random, type Transport } from '@fedward/core';

/** What a client is asked in a round: twice before its answer, then for the answer, then twice more. */
const stages = 5;
const answer = 2;

/** How far a client has come in a round. */
interface Step {
  readonly round: number;
  /** Number of calls, before its answer or since. */
  calls: number;
  asked: boolean;
}

/**
 * A transport on which each client fails in each round with this probability, by the seed: for seeing what
 * drop-outs do to a federation.
 *
 * @param asks whether mechanisms call clients in a round. A client that fails then falls silent at a stage of its own: at
 *   the first call, the second, its answer, the first call after it, or the second
 */
export function flakyTransport(inner: Transport, dropRate: number, random: Random, asks = false): Transport {
  const steps = new Map<string, Step>();
  const stepOf = (id: string, round: number): Step => {
    const known = steps.get(id);
    if (known?.round === round) return known;
    const step = { round, calls: 0, asked: false };
    steps.set(id, step);
    return step;
  };
  /** From which stage on a client is silent. */
  const silentFrom = (id: string, round: number): number => {
    const own = random.fork(id, round);
    if (!own.bernoulli(dropRate)) return stages;
    return asks ? own.fork('stage').integer(0, stages) : answer;
  };
  const assertThere = (id: string, round: number, stage: number): void => {
    if (stage < silentFrom(id, round)) return;
    throw new FedwardError('CLIENT_FAILED', 'dropped out (simulated)', id);
  };
  return {
    ...inner,
    client(id): Client {
      const client = inner.client(id);
      return {
        ...client,
        async call(message, signal) {
          const { round } = message;
          if (!asks) return client.call(message, signal);
          const step = stepOf(id, round);
          const calls = step.calls++;
          // Further calls are part of the second stage before its answer, or after it.
          assertThere(id, round, step.asked ? Math.min(answer + 1 + calls, stages - 1) : Math.min(calls, answer - 1));
          return client.call(message, signal);
        },
        async answer(task, signal) {
          const { round } = task;
          if (asks) Object.assign(stepOf(id, round), { calls: 0, asked: true });
          assertThere(id, round, answer);
          return client.answer(task, signal);
        },
      };
    },
  };
}
