import { createLayout, createParameters, type Client, type Parameters, type Transport } from '@fedward/core';
import { within } from '../support/assertions.js';
import { exampleResult } from '../support/fixtures.js';

export type Connect = (clients: Client[]) => Promise<Transport>;

/** Bit patterns that a careless encoding loses. */
const hard = [0.1, -0, 0, 1e-45, -1e-45, 3.4028234663852886e38, Number.NaN, Infinity, -Infinity, 1 / 3];

/** A payload of awkward values that lies inside a larger array. */
export function awkwardPayload(): Parameters {
  const layout = createLayout([
    { name: '0.dense.kernel', shape: [2, 4] },
    { name: '0.dense.bias', shape: [2] },
  ]);
  const larger = new Float32Array(hard.length + 5).fill(55);
  larger.set(hard, 3);
  return createParameters(layout, larger.subarray(3, 3 + hard.length));
}

/** A payload of ordinary values, for checks that are not about bits. */
export function plainPayload(): Parameters {
  const layout = createLayout([{ name: '0.dense.kernel', shape: [2, 3] }]);
  return createParameters(layout, Float32Array.of(1, 2, 3, 4, 5, 6));
}

/** The same values in an array of their own. */
export function own({ layout, values }: Parameters): Parameters {
  return { layout, values: values.slice() };
}

/** A client that sends the task's payload back; `overrides` replaces methods. */
export function echo(id: string, overrides: Partial<Client> = {}): Client {
  return {
    id,
    fit: async ({ payload, round }) => exampleResult(id, payload, { baseRound: round }),
    evaluate: async ({ round }) => ({ clientId: id, weight: 1, metrics: { round } }),
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
