import assert from 'node:assert/strict';
import {
  createLayout,
  type ElementArray,
  type KeptAnswer,
  type Outbox,
  type OutboxKey,
  type Update,
} from '@fedward/core';
import { assertSame } from './support/assertions.js';
import { defineSuite, type Checks, type ComplianceSuite } from './suite.js';

/** An outbox on trial. */
export interface OutboxTrial {
  readonly outbox: Outbox;
  /** The same answers as a new process would find them; absent for an outbox in memory. */
  readonly reopen?: () => Promise<Outbox>;
  readonly cleanup?: () => Promise<void>;
}

/** What the suite needs to know of an outbox. */
export interface OutboxComplianceOptions {
  /** A new and empty outbox. */
  readonly create: () => Promise<OutboxTrial>;
}

/** What every outbox of a site must do; see `Outbox` in core. */
export function outboxCompliance({ create }: OutboxComplianceOptions): ComplianceSuite {
  const trial =
    (check: (trial: OutboxTrial) => Promise<void>): Checks[string] =>
    async () => {
      const made = await create();
      try {
        await check(made);
      } finally {
        await made.cleanup?.();
      }
    };
  return defineSuite('outbox', {
    'finds nothing where nothing was kept': trial(async ({ outbox }) => {
      assert.equal(await outbox.find(key()), undefined, 'an empty outbox has an answer');
    }),

    'gives an answer bit for bit': trial(async ({ outbox }) => {
      for (const [round, values] of arrays().entries()) {
        await outbox.keep(key({ round, task: `task-${round}` }), answer({ round, values }));
        const found = await outbox.find(key({ round, task: `task-${round}` }));
        assertSame(found, answer({ round, values }), `the answer of round ${round}`);
      }
    }),

    'gives nothing for another task': trial(async ({ outbox }) => {
      await outbox.keep(key(), answer());
      assert.equal(await outbox.find(key({ task: 'another' })), undefined, 'an answer to another task');
    }),

    'an answer takes the place of that of an earlier round': trial(async ({ outbox }) => {
      await outbox.keep(key(), answer());
      await outbox.keep(key({ round: 1, task: 'task-1' }), answer({ round: 1 }));
      assert.equal(await outbox.find(key()), undefined, 'the answer of the earlier round');
      assertSame(await outbox.find(key({ round: 1, task: 'task-1' })), answer({ round: 1 }), 'the newest answer');
    }),

    'an answer that is kept again is the newer one': trial(async ({ outbox }) => {
      await outbox.keep(key(), answer());
      const newer = answer({ values: Float32Array.of(7, 8, 9) });
      await outbox.keep(key(), newer);
      assertSame(await outbox.find(key()), newer, 'the answer of a task that was answered twice');
    }),

    'clients do not read each other': trial(async ({ outbox }) => {
      for (const [i, clientId] of clients.entries())
        await outbox.keep(key({ clientId }), answer({ clientId, values: Float32Array.of(i, i, i) }));
      for (const [i, clientId] of clients.entries())
        assertSame(
          await outbox.find(key({ clientId })),
          answer({ clientId, values: Float32Array.of(i, i, i) }),
          `the answer of ${clientId}`,
        );
    }),

    'another process, where there can be one, finds the newest answer of each run': trial(
      async ({ outbox, reopen }) => {
        if (!reopen) return;
        for (const [i, runId] of runs.entries())
          await outbox.keep(key({ runId }), answer({ values: Float32Array.of(i, 0, -0) }));
        const other = await reopen();
        for (const [i, runId] of runs.entries())
          assertSame(
            await other.find(key({ runId })),
            answer({ values: Float32Array.of(i, 0, -0) }),
            `the answer to ${runId}`,
          );
        await other.keep(key({ round: 1, task: 'task-1' }), answer({ round: 1 }));
        assert.equal(
          await other.find(key()),
          undefined,
          'the answer of the earlier round, once another process has kept one',
        );
      },
    ),
  });
}

const clients = ['hospital-0', 'hospital-1', 'HOSPITAL-0', '../hospital-0', 'Köln/Süd 1'];
const runs = ['run-1', 'run-22', 'RUN-1', '../run-1/x', '__proto__'];

const key = (changes: Partial<OutboxKey> = {}): OutboxKey => ({
  ...{ clientId: 'hospital-0', runId: 'run-1', round: 0, task: 'task-0' },
  ...changes,
});

const arrays = (): ElementArray[] => [
  Float32Array.of(0.1, -0, 1e-45),
  Float64Array.of(0.1, 5e-324, -0),
  Uint32Array.of(0, 1, 2 ** 32 - 1),
  new Float32Array([9, 1, 2, 3]).subarray(1),
];

function answer({
  round = 0,
  clientId = 'hospital-0',
  values = Float32Array.of(1, 2, 3) as ElementArray,
} = {}): KeptAnswer {
  const update: Update = {
    ...{ clientId, baseRound: round, weight: 0.1, metrics: { loss: 0.25, accuracy: 1 }, simulationOnly: false },
    payload: { layout: createLayout([{ name: 'w', shape: [3] }]), values },
    spent: [{ type: 'gaussian', noiseMultiplier: 1.1 }],
  };
  return { update, index: 12 };
}
