import assert from 'node:assert/strict';
import type { State } from '@fedward/core';
import { assertSame, refuses, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { messagesOf, someQuestions, someReplies, type WireCodec } from './messages.js';

/** What is encoded comes back. */
export function roundTripChecks(codec: WireCodec): Checks {
  const messages = () => messagesOf(codec);
  return {
    'every message comes back as it was'() {
      for (const [what, message, { encode, decode }] of messages())
        assertSame(decode(encode(message)), structuredClone(message), what);
    },

    'every bit of every number comes back, that of a NaN as well'() {
      for (const [what, message, { encode, decode }] of messages())
        assert.deepEqual(bitsIn(decode(encode(message))), bitsIn(message), what);
    },

    'bytes that lie inside a larger array are read as they are'() {
      for (const [what, message, { encode, decode }] of messages()) {
        const bytes = encode(message);
        const larger = new Uint8Array(bytes.length + 11).fill(0x7b);
        larger.set(bytes, 5);
        const view = Buffer.from(larger.buffer, 5, bytes.length);
        assertSame(decode(view), structuredClone(message), `${what}, from a view`);
      }
    },

    'the same message has the same bytes, and is left as it was'() {
      for (const [what, message, { encode }] of messages()) {
        const unchanged = watch(what, message);
        assert.ok(Buffer.from(encode(message)).equals(encode(structuredClone(message))), `${what}, encoded again`);
        unchanged();
      }
    },

    'a message shares no memory with its bytes'() {
      for (const [what, message, { encode, decode }] of messages()) {
        const bytes = encode(message);
        const decoded = decode(bytes);
        bytes.fill(0);
        assertSame(decoded, structuredClone(message), `${what}, once its bytes were overwritten`);
      }
    },

    async 'a reply is no question, and a question no reply'() {
      for (const reply of someReplies())
        await refuses('MESSAGE_INVALID', 'a reply', () => codec.decodeQuestion(codec.encodeReply(reply)));
      for (const question of someQuestions())
        await refuses('MESSAGE_INVALID', 'a question', () => codec.decodeReply(codec.encodeQuestion(question)));
    },
  };
}

/** The bytes of all arrays in a value, in the order of its members' names. */
function bitsIn(value: unknown): string[] {
  if (ArrayBuffer.isView(value)) return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')];
  if (typeof value !== 'object' || value === null) return [];
  const members = value as Record<string, State>;
  return Object.keys(members)
    .sort()
    .flatMap((name) => bitsIn(members[name]));
}
