import assert from 'node:assert/strict';
import { Random, type State } from '@fedward/core';
import { assertSame, refuses } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { messagesOf, type Coding, type WireCodec } from './messages.js';

/** Bytes come from anyone: what is no message is refused by that name, whatever it is. */
export function damageChecks(codec: WireCodec, newer: (bytes: Uint8Array) => Uint8Array): Checks {
  const messages = () => messagesOf(codec);
  const refused = ({ decode }: Coding, bytes: Uint8Array, what: string) =>
    refuses('MESSAGE_INVALID', what, () => decode(bytes));

  return {
    async 'a message that is cut short is refused'() {
      for (const [what, message, coding] of messages()) {
        const bytes = coding.encode(message);
        for (let length = 0; length < bytes.length; length += length < 64 ? 1 : 13)
          await refused(coding, bytes.slice(0, length), `${what}, ${length} of ${bytes.length} bytes`);
        await refused(coding, bytes.slice(0, -1), `${what} without its last byte`);
      }
    },

    async 'a message with bytes behind it is refused'() {
      for (const [what, message, coding] of messages())
        for (const more of [[0], [0x20], [0x7d, 0x7d], Array.from({ length: 64 }, () => 0)])
          await refused(coding, Uint8Array.of(...coding.encode(message), ...more), `${what}, and ${more.length} bytes`);
    },

    'a flipped bit gives another message, or MESSAGE_INVALID, and nothing else'() {
      for (const [what, message, coding] of messages()) {
        const bytes = coding.encode(message);
        for (let at = 0; at < bytes.length; at++) {
          const damaged = bytes.slice();
          damaged[at]! ^= 1 << (at % 8);
          decodes(coding, damaged, `${what}, with a bit of byte ${at} flipped`);
        }
      }
    },

    async 'bytes of all kinds are refused'() {
      const random = new Random('bytes of all kinds');
      for (const [, , coding] of messages().slice(0, 1).concat(messages().slice(-1))) {
        for (const text of ['', '{}', 'null', '[]', '{"protocol":1,"message":{"kind":"describe"}}', '<html></html>'])
          await refused(coding, new TextEncoder().encode(text), `the text ${text}`);
        for (const length of [1, 7, 8, 9, 64, 1000])
          for (const bytes of [new Uint8Array(length), new Uint8Array(length).fill(0xff), noise(random, length)])
            await refused(coding, bytes, `${length} bytes`);
      }
    },

    async 'a message of a newer protocol is refused, and the refusal names it'() {
      for (const [what, message, coding] of messages()) {
        const { message: words } = await refused(coding, newer(coding.encode(message)), `${what} of a newer protocol`);
        assert.ok(/protocol/i.test(words), `the refusal says: ${words}`);
      }
    },

    'members that are named as parts of objects are members, and nothing more'() {
      const hostile = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1,"length":3}',
      ) as State;
      const reply = codec.decodeReply(codec.encodeReply({ answer: { nested: [hostile] } }));
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined, 'every object has become another');
      const [back] = ((reply as { answer: State }).answer as { nested: State[] }).nested;
      assert.equal(Object.getPrototypeOf(back), Object.prototype, 'the object has another prototype');
      assertSame(Object.keys(back as object).sort(), Object.keys(hostile as object).sort(), 'its members');
    },
  };
}

/** Fails where it throws anything but MESSAGE_INVALID. */
function decodes({ decode }: Coding, bytes: Uint8Array, what: string): void {
  try {
    decode(bytes);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    assert.ok(error instanceof Error && code === 'MESSAGE_INVALID', `${what}: got ${String(code ?? error)}`);
  }
}

function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(256 * random.uniform()));
}
