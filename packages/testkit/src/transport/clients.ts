import {
  createLayout,
  createParameters,
  protocolVersion,
  type Client,
  type ElementArray,
  type EvaluateTask,
  type MechanismCall,
  type Parameters,
  type SiteDescription,
  type Task,
  type TensorShape,
  type Tensors,
  type Transport,
} from '@fedward/core';
import { within } from '../support/assertions.js';
import { examplePlan, exampleResult, exampleTask } from '../support/fixtures.js';

export type Connect = (clients: Client[]) => Promise<Transport>;

/** Bit patterns that a careless encoding loses: two NaNs among them that differ in their payload. */
const floats = [0.1, -0, 0, 1e-45, -1e-45, 3.4028234663852886e38, Infinity, -Infinity, 1 / 3];
const nans = Uint32Array.of(0x7fc00001, 0xffc12345);

/** Payloads of awkward numbers, each inside a larger array; one has a tensor without dimensions, one has none at all. */
export function awkwardPayloads(): readonly Tensors[] {
  const size = floats.length + nans.length;
  const single = new Float32Array(size + 5).fill(55);
  single.set(floats, 3);
  new Uint32Array(single.buffer).set(nans, 3 + floats.length);
  const double = new Float64Array(size + 2).fill(55);
  double.set([...floats.map((x) => x / 3), 5e-324, Number.MAX_VALUE], 1);
  const words = Uint32Array.of(7, 0, 1, 2 ** 31, 2 ** 32 - 1, 7);
  return [
    placed(single.subarray(3, 3 + size), [
      { name: '0.dense.kernel', shape: [2, 5] },
      { name: 'Wert µ', shape: [] },
    ]),
    placed(double.subarray(1, 1 + size), [{ name: '0.dense.kernel', shape: [11] }]),
    placed(words.subarray(1, 5), [{ name: 'masked', shape: [4] }]),
    placed(new Float32Array(0), []),
  ];
}

function placed(values: ElementArray, tensors: readonly TensorShape[]): Tensors {
  return { layout: createLayout(tensors), values };
}

/** A payload of ordinary values, for checks that are not about bits. */
export function plainPayload(): Parameters {
  const layout = createLayout([{ name: '0.dense.kernel', shape: [2, 3] }]);
  return createParameters(layout, Float32Array.of(1, 2, 3, 4, 5, 6));
}

/** The same values in an array of their own. */
export function own<V extends ElementArray>({ layout, values }: Tensors<V>): Tensors<V> {
  return { layout, values: values.slice() as V };
}

/** The bytes behind the values, and what they are: two NaNs are told apart. */
export function bytesOf({ values }: Tensors): string {
  const { buffer, byteOffset, byteLength } = values;
  return `${values.constructor.name} ${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
}

export function someCall(overrides: Partial<MechanismCall> = {}): MechanismCall {
  return {
    ...{ runId: 'run-1', round: 0, planHash: 'sha256:00', cohort: ['hospital-0'], mechanism: 'masks', body: null },
    ...overrides,
  };
}

export function someDescription(clientId: string): SiteDescription {
  return {
    protocol: protocolVersion,
    clientId,
    software: [{ name: 'Prüfstand', version: '1.2.3' }],
    approved: ['sha256:00'],
    work: { kind: 'training', trainer: 'reference', strategy: 'train-and-subtract' },
    keepsLedger: true,
    noise: 'secret',
    head: { index: 7, root: 'ab12' },
  };
}

/** A client that sends the task's payload back, and the body of a call; `overrides` replaces methods. */
export function echo(id: string, overrides: Partial<Client> = {}): Client {
  return {
    id,
    describe: async () => someDescription(id),
    propose: async () => undefined,
    answer: async ({ payload, round }) => exampleResult(id, payload, { baseRound: round }),
    evaluate: async ({ round }) => ({ clientId: id, weight: 1, metrics: { round } }),
    call: async ({ body }) => body,
    ...overrides,
  };
}

/** A check that gets a transport, and closes it whatever happens. */
export function connected(
  connect: Connect,
  clients: () => Client[],
  use: (transport: Transport) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const transport = await within(20, 'connecting', connect(clients()));
    try {
      await within(10, 'the check', use(transport));
    } finally {
      await within(
        20,
        'close()',
        transport.close().catch(() => undefined),
      ); // a check may have closed it
    }
  };
}

/** What a task and an evaluation are asked with. */
export const plainTask = (overrides: Partial<Task> = {}): Task => exampleTask(plainPayload(), overrides);

/** What a model is scored with. */
export const plainEvaluation = (): EvaluateTask => evaluationOf(plainTask());

export function evaluationOf({ runId, round, planHash, payload, taken }: Task): EvaluateTask {
  return { runId, round, planHash, payload, taken };
}

/** Every method of a client, by name, with messages that it can take. */
export function methodsOf(client: Client, signal: AbortSignal): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    describe: () => client.describe(signal),
    propose: () => client.propose(examplePlan(), signal),
    answer: () => client.answer(plainTask(), signal),
    evaluate: () => client.evaluate(plainEvaluation(), signal),
    call: () => client.call(someCall(), signal),
  };
}
