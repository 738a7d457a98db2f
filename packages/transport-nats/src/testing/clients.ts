import {
  createLayout,
  createParameters,
  type Client,
  type SiteDescription,
  type State,
  type Task,
  type Update,
} from '@fedward/core';

/** A task whose payload has so many values. */
export function taskOf(round: number, more: Partial<Task> = {}, values = 6): Task {
  const layout = createLayout([{ name: 'kernel', shape: [values] }]);
  const payload = createParameters(
    layout,
    Float32Array.from({ length: values }, (_, i) => i + round),
  );
  return {
    runId: 'run-1',
    round,
    planHash: 'sha256:00',
    cohort: ['a', 'b', 'c'],
    payload,
    instructions: {},
    taken: null,
    ...more,
  };
}

/** A client that counts its trainings, and repeats what it has trained, as core's with its outbox does. */
export class CountingClient implements Client {
  readonly trained: number[] = [];
  readonly calls: string[] = [];
  /** What a training waits for. */
  hold: Promise<void> = Promise.resolve();
  readonly #kept = new Map<string, Update>();

  constructor(readonly id: string) {}

  async describe(): Promise<SiteDescription> {
    this.calls.push('describe');
    const work = { kind: 'training', trainer: 'none', strategy: 'none' } as const;
    return {
      protocol: 1,
      clientId: this.id,
      software: [],
      approved: [],
      work,
      keepsLedger: true,
      noise: 'secret',
      head: null,
    };
  }

  async propose(): Promise<void> {
    this.calls.push('propose');
  }

  async answer({ runId, round, payload, head }: Task): Promise<Update> {
    this.calls.push('answer');
    const key = `${runId} ${round}`;
    if (!this.#kept.has(key)) {
      await this.hold;
      this.trained.push(round);
      const update = { payload, weight: 1, metrics: {}, spent: [], simulationOnly: true };
      this.#kept.set(key, { clientId: this.id, baseRound: round, ...update });
    }
    return { ...this.#kept.get(key)!, ...(head && { cosignature: `of ${head.root}` }) };
  }

  async evaluate(): Promise<never> {
    throw new Error('nothing is scored here');
  }

  async call({ body }: { body: State }): Promise<State> {
    this.calls.push('call');
    return body;
  }
}
