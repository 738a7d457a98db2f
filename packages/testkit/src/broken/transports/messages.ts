import type { Connect } from '../../transport/clients.js';
import type { Broken } from '../expect.js';
import { copy, loopback } from './reference.js';

/** Short ones: a million numbers as JSON take seconds. */
const viaJson = <T>(value: T): T => (lengthOf(value) > 1000 ? copy(value) : asJson(value));
const lengthOf = (value: unknown): number =>
  (Object(value) as { readonly payload?: { readonly values?: { readonly length: number } } }).payload?.values?.length ??
  0;
const asJson = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value ?? null, (_, member: unknown) =>
      ArrayBuffer.isView(member) ? { array: Array.from(member as Float32Array) } : member,
    ),
    (_, member: { array?: number[] }) => (member?.array ? Float32Array.from(member.array) : member),
  ) as T;

const wholeBuffer = <T>(value: T): T => {
  const { payload } = Object(value) as { payload?: { layout: unknown; values: Float32Array } };
  return payload
    ? { ...copy(value), payload: { ...payload, values: new Float32Array(payload.values.buffer.slice(0)) } }
    : copy(value);
};

const asText = (array: unknown): unknown =>
  array instanceof Uint8Array ? new TextEncoder().encode(new TextDecoder().decode(array)) : copy(array);
const oneNaN = (array: unknown): unknown => {
  if (!(array instanceof Float32Array)) return copy(array);
  const bits = new Uint32Array(array.slice().buffer).map((word, i) => (Number.isNaN(array[i]) ? 0x7fc00000 : word));
  return new Float32Array(bits.buffer);
};
const asFloat32 = (array: unknown): unknown =>
  array instanceof Float64Array || array instanceof Uint32Array ? Float32Array.from(array) : copy(array);

/** A copy, each array in it changed. */
function through<T>(value: T, change: (array: unknown) => unknown): T {
  if (ArrayBuffer.isView(value)) return change(value) as T;
  if (Array.isArray(value)) return value.map((member) => through(member as unknown, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, through(member, change)])) as T;
}

/** What becomes of messages on their way. */
export const brokenMessages: Record<string, Broken<Connect>> = {
  'sends arrays as JSON': {
    create: () => loopback({ copyTask: viaJson, copyAnswer: viaJson }),
    fails: [
      'a plan that is proposed arrives',
      'a call carries every kind of state, both ways',
      'a task arrives bit for bit, whatever its numbers',
      'an update arrives bit for bit, whatever its numbers',
      'an evaluation arrives bit for bit, both ways',
    ],
  },

  'sends the whole buffer behind an array': {
    create: () => loopback({ copyTask: wholeBuffer }),
    fails: ['a task arrives bit for bit, whatever its numbers', 'an evaluation arrives bit for bit, both ways'],
  },

  'sends bytes as text': {
    create: () =>
      loopback({ copyTask: (task) => through(task, asText), copyAnswer: (answer) => through(answer, asText) }),
    fails: ['a call carries every kind of state, both ways'],
  },

  'sends one NaN for all': {
    create: () => loopback({ copyAnswer: (answer) => through(answer, oneNaN) }),
    fails: ['an update arrives bit for bit, whatever its numbers'],
  },

  'sends all numbers as float32': {
    create: () => loopback({ copyAnswer: (answer) => through(answer, asFloat32) }),
    fails: ['an update arrives bit for bit, whatever its numbers', 'a call carries every kind of state, both ways'],
  },

  'says of a site what it thinks': {
    create: () =>
      loopback({
        copyAnswer: (answer) =>
          'keepsLedger' in Object(answer) ? { ...copy(answer), keepsLedger: false } : copy(answer),
      }),
    fails: ['what a site says of itself arrives'],
  },

  'proposes the plan without its cohort': {
    create: () =>
      loopback({
        copyTask: (task) =>
          'schemaVersion' in Object(task) ? { ...copy(task), cohort: { select: 'all' } } : copy(task),
      }),
    fails: ['a plan that is proposed arrives'],
  },

  'sends the body of a call alone': {
    create: () =>
      loopback({
        copyTask: (task) =>
          'mechanism' in Object(task) ? { ...copy(task), mechanism: '', round: 0, runId: '' } : copy(task),
      }),
    fails: ['a call arrives with its mechanism, round and cohort'],
  },

  'cuts a message off at a megabyte': {
    create: () =>
      loopback({
        copyTask(task) {
          const copied = Object(copy(task)) as { payload?: { layout: unknown; values: Float32Array } };
          if (!copied.payload) return copied as typeof task;
          const values = copied.payload.values.fill(0, 2 ** 18);
          return { ...copied, payload: { ...copied.payload, values } } as typeof task;
        },
      }),
    fails: ['a model of a million values arrives, both ways'],
  },
};
