import { expect, it } from 'vitest';
import type { FedwardError } from '@fedward/core';
import { verifierOf } from '@fedward/kit-keys';
import { newSigner } from '../../../../tools/testing/nats-federation.js';
import type { Body } from '../envelope/body.js';
import { sealEnvelope } from '../envelope/envelope.js';
import { openAnswer } from './answers.js';
import type { Member, NatsTransportOptions } from './options.js';

const key = newSigner('a');
const member = { id: 'a', verifier: () => verifierOf(key.verifierKey) } as unknown as Member;
const options = { federation: 'fed', mostBytes: 100 } as unknown as NatsTransportOptions;
const place = { federation: 'fed', run: 'run-1', round: 3, task: '0'.repeat(64), ask: '1'.repeat(64) };
const asked = { ...place, kind: 'answer', from: 'coordinator', to: 'a', payload: null, inline: false, said: '' };
const answer: Body = { ...asked, kind: 'result', from: 'a', to: 'coordinator' };

const codeOf = (other: Partial<Body>): string => {
  try {
    openAnswer({ body: asked }, sealEnvelope({ ...answer, ...other }, key), member, options);
    return 'taken';
  } catch (error) {
    return (error as FedwardError).code;
  }
};

it.each<[string, Partial<Body>]>([
  ['of another run', { run: 'run-2' }],
  ['of another round', { round: 2 }],
  ['to another task', { task: '2'.repeat(64) }],
  ['to another asking of the task', { ask: '2'.repeat(64) }],
  ['that is a question', { kind: 'answer' }],
  ['of another federation', { federation: 'other' }],
  ['that is for the hospital itself', { to: 'a' }],
  ['that is larger than the plan allows', { payload: { sha256: '3'.repeat(64), size: 101 } }],
])('an answer %s is not taken', (_, other) => {
  expect(codeOf({ payload: { sha256: '3'.repeat(64), size: 100 } })).toBe('taken');
  expect(codeOf(other)).toBe('MESSAGE_INVALID');
});
