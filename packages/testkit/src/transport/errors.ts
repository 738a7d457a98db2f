import assert from 'node:assert/strict';
import { FedwardError, type Client, type ErrorFamily } from '@fedward/core';
import { refuses } from '../support/assertions.js';
import { neverAborted } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { connected, echo, methodsOf, plainTask, type Connect } from './clients.js';

/** What goes wrong at a client is told by the name that it has there. */
export function errorChecks(connect: Connect): Checks {
  const signal = neverAborted();
  const throwing = (id: string, error: () => unknown): Client => {
    const fail = async (): Promise<never> => {
      throw error();
    };
    return echo(id, { describe: fail, propose: fail, answer: fail, evaluate: fail, call: fail });
  };
  /** Every method of a client that throws this must reject with its code, family, subject and message. */
  const arrives = (code: string, family: ErrorFamily) =>
    connected(
      connect,
      () => [
        throwing('refuses', () => new FedwardError(code, 'nicht für 東京 bestimmt', 'the-subject', { family })),
        echo('works'),
      ],
      async (transport) => {
        for (const [method, ask] of Object.entries(methodsOf(transport.client('refuses'), signal))) {
          const error = await refuses(code, method, ask);
          assert.ok(error.message.includes('nicht für 東京 bestimmt'), `${method}: the message is ${error.message}`);
          assert.equal(error.subject, 'the-subject', `${method}: the subject`);
          assert.equal((error as unknown as FedwardError).family, family, `${method}: the family`);
        }
        assert.equal(
          (await transport.client('works').answer(plainTask(), signal)).clientId,
          'works',
          'the other client',
        );
      },
    );

  return {
    "a client's error arrives with its code, family, subject and message": arrives(
      'PLAN_NOT_APPROVED',
      'configuration',
    ),

    async 'an error with a code that nobody here knows arrives as it is'() {
      await arrives('SITE_ON_FIRE', 'configuration')();
      await arrives('SITE_UNDER_WATER', 'run')();
    },

    'an error without a code rejects with its message': connected(
      connect,
      () => [throwing('breaks', () => new TypeError('weights of undefined'))],
      async (transport) => {
        for (const [method, ask] of Object.entries(methodsOf(transport.client('breaks'), signal)))
          await assert.rejects(ask, /weights of undefined/, method);
      },
    ),

    'what is thrown and no error rejects too': connected(
      connect,
      () => [throwing('breaks', () => 'just words')],
      async (transport) => {
        for (const [method, ask] of Object.entries(methodsOf(transport.client('breaks'), signal)))
          await assert.rejects(ask, (thrown: unknown) => String(thrown).includes('just words'), method);
      },
    ),
  };
}
