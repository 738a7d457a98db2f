import { headers, type MsgHdrs } from '@nats-io/nats-core';
import type { Random } from '@fedward/core';
import { envelopeVersion, sealEnvelope, type Body, type Sealed, type Signed } from '@fedward/transport-nats';
import { newSigner } from './nats-federation.js';

export const fuzzKey = newSigner('coordinator');
const otherKey = newSigner('coordinator');

/** A message that is in order. */
export const goodBody: Body = {
  ...{ kind: 'answer', from: 'coordinator', to: 'a', federation: 'fed', run: 'run-1', round: 3, planHash: 'sha256:00' },
  ...{
    task: '0'.repeat(64),
    ask: '1'.repeat(64),
    lane: 0,
    order: 7,
    payload: null,
    inline: false,
    said: '{"x":[1,2]}',
  },
};

/** Ways in which a message becomes none; each changes something that counts. */
const ways: readonly ((good: Signed, random: Random) => Sealed)[] = [
  ({ data, headers }, random) => {
    const changed = Uint8Array.from(data);
    const at = random.integer(0, data.length);
    changed[at] = changed[at]! ^ (1 << random.integer(0, 8));
    return { data: changed, headers };
  },
  ({ data, headers }, random) => ({ data: data.subarray(0, random.integer(0, data.length)), headers }),
  ({ data, headers }, random) => ({ data: Buffer.concat([data, noise(1 + random.integer(0, 50), random)]), headers }),
  ({ data }, random) => ({ data, headers: headersOf({ 'Fedward-Body': String(random.integer(0, 2 ** 31)) }) }),
  ({ data, headers: good }) => ({ data, headers: withHeader(good, 'Fedward-Body', '99999999999999999999999') }),
  ({ data, headers: good }, random) => {
    const other = sealEnvelope({ ...goodBody, order: 8 + random.integer(0, 1000) }, fuzzKey);
    return { data, headers: withHeader(good, 'Fedward-Sig', other.headers.get('Fedward-Sig')) };
  },
  ({ data, headers: good }, random) => ({
    data,
    headers: withHeader(good, 'Fedward-Sig', text(random.integer(0, 200), random)),
  }),
  ({ data, headers: good }, random) => ({ data, headers: withHeader(good, 'Fedward-Key', text(8, random)) }),
  ({ data }) => ({ data }),
  () => sealEnvelope(goodBody, otherKey),
  (_, random) => signedText(`${'['.repeat(random.integer(0, 100_000))}`),
  (_, random) => signedText(`{"v":1,"said":${'{"a":'.repeat(random.integer(0, 20_000))}1${'}'.repeat(20)}`),
  (_, random) => signedText(`{"v":${2 + random.integer(0, 1000)},"kind":"answer"}`),
  (_, random) => sealEnvelope({ ...goodBody, [pick(['to', 'from', 'federation'], random)]: 'x' }, fuzzKey),
  (_, random) =>
    sealEnvelope({ ...goodBody, [pick(Object.keys(mustHave), random)]: undefined } as unknown as Body, fuzzKey),
  (_, random) => sealEnvelope({ ...goodBody, round: -1 - random.integer(0, 9) }, fuzzKey),
  (_, random) => sealEnvelope({ ...goodBody, inline: true, payload: { sha256: '2'.repeat(64), size: 3 } }, fuzzKey, noise(3, random)), // prettier-ignore
  (_, random) => signedText(noise(random.integer(0, 300), random)),
];
const mustHave = { kind: 0, from: 0, to: 0, federation: 0, payload: 0, inline: 0, said: 0 };

/** A message that nobody may take, by its number. */
export function fuzzed(good: Signed, random: Random): Sealed {
  return ways[random.integer(0, ways.length)]!(good, random);
}

/** Anything at all, rightly signed: whoever has a key may send it. */
export function signedText(text: string | Uint8Array): Signed {
  const body = Buffer.from(text as string);
  const signature = fuzzKey.sign(Buffer.concat([Buffer.from(`fedward/v${envelopeVersion} ${body.length}\n`), body]));
  const good = sealEnvelope(goodBody, fuzzKey);
  const made = withHeader(good.headers, 'Fedward-Sig', Buffer.from(signature).toString('base64'));
  return { data: body, headers: withHeader(made, 'Fedward-Body', String(body.length)) };
}

function headersOf(record: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(record)) made.set(name, value);
  return made;
}

function withHeader(good: MsgHdrs, name: string, value: string): MsgHdrs {
  return headersOf({ ...Object.fromEntries(good.keys().map((key) => [key, good.get(key)])), [name]: value });
}

function noise(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.integer(0, 256));
}

function text(length: number, random: Random): string {
  return String.fromCharCode(...Array.from({ length }, () => 33 + random.integer(0, 90)));
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random.integer(0, from.length)]!;
}
