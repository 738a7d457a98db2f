import { FedwardError, type State } from '@fedward/core';
import {
  decodeQuestion,
  decodeReply,
  encodeQuestion,
  encodeReply,
  type Question,
  type Reply,
} from '@fedward/core/wire';
import type { WireCodec } from '../../wire-codec.js';
import type { Broken } from '../expect.js';

export const referenceCodec = (): WireCodec => ({ encodeQuestion, decodeQuestion, encodeReply, decodeReply });

/** Core's own message as a newer version would write it. */
export function ofNewerProtocol(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  const at = Buffer.from(bytes).lastIndexOf('\\"protocol\\":1');
  changed[at + '\\"protocol\\":'.length] = '9'.charCodeAt(0);
  return changed;
}

type Decode = (bytes: Uint8Array) => Question | Reply;
type Encode = (message: Question | Reply) => Uint8Array;

/** Core's codec, each message or its bytes changed on the way. */
const codec =
  (
    decoding: (decode: Decode, bytes: Uint8Array) => Question | Reply,
    encoding: (encode: Encode, message: Question | Reply) => Uint8Array = (encode, message) => encode(message),
  ) =>
  (): WireCodec => ({
    encodeQuestion: (question) => encoding(encodeQuestion as Encode, question),
    encodeReply: (reply) => encoding(encodeReply as Encode, reply),
    decodeQuestion: (bytes) => decoding(decodeQuestion, bytes) as Question,
    decodeReply: (bytes) => decoding(decodeReply, bytes) as Reply,
  });

const short = 'a message that is cut short is refused';
const behind = 'a message with bytes behind it is refused';
const flipped = 'a flipped bit gives another message, or MESSAGE_INVALID, and nothing else';
const kinds = 'bytes of all kinds are refused';
const protocol = 'a message of a newer protocol is refused, and the refusal names it';
const back = 'every message comes back as it was';
const bits = 'every bit of every number comes back, that of a NaN as well';
const view = 'bytes that lie inside a larger array are read as they are';
const same = 'the same message has the same bytes, and is left as it was';
const memory = 'a message shares no memory with its bytes';

export const brokenWireCodecs: Record<string, Broken<WireCodec>> = {
  'fails as its parser does': {
    create: codec((decode, bytes) => {
      try {
        return decode(bytes);
      } catch (error) {
        throw new SyntaxError(String(error));
      }
    }),
    fails: [short, behind, flipped, kinds, protocol, 'a reply is no question, and a question no reply'],
  },

  'fills up what is missing': {
    create: codec((decode, bytes) => {
      try {
        return decode(bytes);
      } catch {
        const filled = new Uint8Array(bytes.length + 1);
        filled.set(bytes);
        return decode(filled);
      }
    }),
    fails: ['a message of a newer protocol is refused, and the refusal names it', short],
  },

  'passes over what is behind': {
    create: codec((decode, bytes) => {
      for (const more of [1, 2, 64]) {
        try {
          return decode(bytes.subarray(0, bytes.length - more));
        } catch {
          continue;
        }
      }
      return decode(bytes);
    }),
    fails: [behind],
  },

  'reads the whole buffer': {
    create: codec((decode, bytes) => decode(new Uint8Array(bytes.buffer))),
    fails: [view],
  },

  'takes every protocol for its own': {
    create: codec((decode, bytes) => {
      const changed = bytes.slice();
      const at = Buffer.from(bytes).lastIndexOf('\\"protocol\\":9');
      if (at >= 0) changed[at + '\\"protocol\\":'.length] = '1'.charCodeAt(0);
      return decode(changed);
    }),
    fails: [protocol],
  },

  'says of a newer protocol that the message is damaged': {
    create: codec((decode, bytes) => {
      try {
        return decode(bytes);
      } catch {
        throw new FedwardError('MESSAGE_INVALID', 'it is damaged');
      }
    }),
    fails: [protocol],
  },

  'answers before it is asked': {
    create: () => ({
      ...referenceCodec(),
      decodeQuestion(bytes) {
        try {
          return decodeQuestion(bytes);
        } catch (error) {
          decodeReply(bytes);
          void error;
          return { kind: 'describe' };
        }
      },
    }),
    fails: ['a reply is no question, and a question no reply'],
  },

  'loses the sign of zero and what is no number': {
    create: codec(
      (decode, bytes) => decode(bytes),
      (encode, message) => encode(mapped(message, (x) => (Number.isFinite(x) ? x + 0 : 0)) as Question),
    ),
    fails: [back, view, memory],
  },

  'writes one NaN for all': {
    create: codec((decode, bytes) => withArrays(decode(bytes), (array) => oneNaN(array))),
    fails: [
      'every message comes back as it was',
      'bytes that lie inside a larger array are read as they are',
      'a message shares no memory with its bytes',
      bits,
    ],
  },

  'writes down when it wrote': {
    create: () => {
      let written = 0;
      return codec(
        (decode, bytes) => decode(bytes),
        (encode, message) => encode({ ...message, ...('error' in message && { at: written++ }) } as Question),
      )();
    },
    fails: [same],
  },

  'marks the message that it has written': {
    create: codec(
      (decode, bytes) => decode(bytes),
      (encode, message) => {
        const bytes = encode(message);
        if ('error' in message) Object.assign(message.error, { message: 'sent' });
        return bytes;
      },
    ),
    fails: [same, back, view, memory],
  },

  'gives views of the bytes': {
    create: codec((decode, bytes) => {
      const message = decode(bytes) as { error?: { message: string } };
      if (!message.error) return message as Reply;
      const { error } = message;
      const { message: words } = error;
      return {
        error: Object.defineProperty({ ...error }, 'message', {
          enumerable: true,
          get: () => (bytes.every((byte) => byte === 0) ? '' : words),
        }),
      } as Reply;
    }),
    fails: [memory],
  },

  'builds objects by their names': {
    create: codec((decode, bytes) => assigned(decode(bytes)) as Reply),
    fails: ['members that are named as parts of objects are members, and nothing more'],
  },
};

function oneNaN(array: unknown): unknown {
  if (!(array instanceof Float32Array)) return array;
  const words = new Uint32Array(array.slice().buffer).map((word, i) => (Number.isNaN(array[i]) ? 0x7fc00000 : word));
  return new Float32Array(words.buffer);
}

function withArrays<T>(value: T, change: (array: unknown) => unknown): T {
  if (ArrayBuffer.isView(value)) return change(value) as T;
  if (Array.isArray(value)) return value.map((member) => withArrays(member as unknown, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withArrays(member, change)])) as T;
}

function mapped(value: unknown, change: (x: number) => number): unknown {
  if (typeof value === 'number') return change(value);
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => mapped(member, change));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapped(member, change)]));
}

/** By assignment, which takes `__proto__` for the prototype. */
function assigned(value: unknown): unknown {
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(assigned);
  const made: Record<string, State> = {};
  for (const [key, member] of Object.entries(value)) made[key] = assigned(member) as State;
  return made;
}
