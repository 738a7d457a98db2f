import fc from 'fast-check';
import { hasCode, type State } from '@fedward/core';
import { answerOf, answerSchemas, questionOf, type Stage } from '../protocol/messages.js';
import { idsOf } from './round.js';

const { state } = fc.letrec((tie) => ({
  state: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.string(),
    fc.uint8Array({ maxLength: 70 }),
    fc.float32Array({ maxLength: 4 }),
    fc.array(tie('state'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 12 }), tie('state'), { maxKeys: 4 }),
  ),
}));
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const id = fc.constantFrom(...idsOf(5), '__proto__', '', 'x'.repeat(2000));
const near = fc.record({ id, from: id, to: id, of: id, bytes: bytes(94), share: bytes(33), channel: bytes(32), mask: bytes(32), commitment: bytes(32), signature: bytes(64) }, { requiredKeys: [] }); // prettier-ignore
/** Bodies that are nearly right. */
const body = fc.record(
  {
    stage: fc.constantFrom('keys', 'shares', 'deliver', 'consistency', 'unmask', 'other'),
    threshold: fc.oneof(fc.integer({ min: -1, max: 300 }), fc.double()),
    members: fc.array(near, { maxLength: 6 }),
    sealed: fc.array(near, { maxLength: 6 }),
    signatures: fc.array(near, { maxLength: 6 }),
    survivors: fc.array(id, { maxLength: 6 }),
  },
  { requiredKeys: ['stage'] },
);
/** What anyone may send: a state, or a body that is nearly right. */
export const anyBody = fc.oneof(state, body) as fc.Arbitrary<State>;

const refusesByCode = (decode: () => unknown): boolean => {
  try {
    decode();
    return true;
  } catch (error) {
    if (hasCode(error, 'MESSAGE_INVALID') && error.subject === 'a') return true;
    throw error;
  }
};

/** Each decoder takes what it is given, or refuses it by code. */
export const decoders: Readonly<Record<string, fc.IProperty<[State]>>> = {
  question: fc.property(anyBody, (given) => refusesByCode(() => questionOf('a', given))),
  ...Object.fromEntries(
    (Object.keys(answerSchemas) as Stage[]).map((stage) => [
      `answer to ${stage}`,
      fc.property(fc.oneof(anyBody, near as fc.Arbitrary<State>), (given) =>
        refusesByCode(() => answerOf(stage, 'a', given)),
      ),
    ]),
  ),
};
