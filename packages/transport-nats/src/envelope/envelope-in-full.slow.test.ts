import { describe, expect, it } from 'vitest';
import { canonicalJson, Random, sha256, type FedwardError } from '@fedward/core';
import { verifierOf } from '@fedward/kit-keys';
import { newSigner } from '../../../../tools/testing/nats-federation.js';
import { fuzzed, fuzzKey, goodBody, signedText } from '../../../../tools/testing/nats-fuzz.js';
import { testSeed } from '../../../../tools/testing/seed.js';
import { askIdOf, taskIdOf, type Identified } from './body.js';
import { openEnvelope, sealEnvelope, type Sealed } from './envelope.js';

const expected = { verifier: verifierOf(fuzzKey.verifierKey), federation: 'fed', from: 'coordinator', to: 'a' };
const codeOf = (message: Sealed, by: Parameters<typeof openEnvelope>[1] = expected): string => {
  try {
    openEnvelope(message, by);
    return 'taken';
  } catch (error) {
    return (error as FedwardError).code;
  }
};
const arrays = Uint8Array.of(1, 2, 3);
const withArrays = { ...goodBody, inline: true, payload: { sha256: sha256(arrays), size: 3 } };

describe('an envelope', () => {
  it('gives what was sealed, with the arrays that go with it', () => {
    expect(openEnvelope(sealEnvelope(goodBody, fuzzKey), expected)).toEqual({ body: { v: 1, ...goodBody } });
    const { body, inline } = openEnvelope(sealEnvelope(withArrays, fuzzKey, arrays), expected);
    expect([body.payload, ...inline!]).toEqual([withArrays.payload, 1, 2, 3]);
  });

  it('is of the one who may have sent it, to the one that it is for', () => {
    const message = sealEnvelope(goodBody, fuzzKey);
    expect(codeOf(message)).toBe('taken');
    expect(codeOf(message, { ...expected, verifier: undefined })).toBe('SIGNATURE_INVALID');
    expect(codeOf(message, { ...expected, verifier: verifierOf(newSigner('coordinator').verifierKey) })).toBe('SIGNATURE_INVALID'); // prettier-ignore
    for (const other of [{ to: 'b' }, { from: 'b' }, { federation: 'other' }])
      expect(codeOf(message, { ...expected, ...other })).toBe('MESSAGE_INVALID');
  });

  it('is signed with a prefix: a signature of the same text for anything else is none', () => {
    const body = Buffer.from(canonicalJson({ v: 1, ...goodBody }));
    const { headers } = sealEnvelope(goodBody, fuzzKey);
    headers.set('Fedward-Sig', Buffer.from(fuzzKey.sign(body)).toString('base64'));
    expect(codeOf({ data: body, headers })).toBe('SIGNATURE_INVALID');
  });

  it('of another version is refused by name, and members that are not known are left out', () => {
    const of = (v: unknown) => signedText(JSON.stringify({ ...goodBody, v, more: { nested: [1] } }));
    expect(() => openEnvelope(of(2), expected)).toThrow('speaks v2, this side v1: install matching versions');
    expect(codeOf(of(2))).toBe('PROTOCOL_UNKNOWN');
    expect(codeOf(of('1'))).toBe('MESSAGE_INVALID');
    expect(openEnvelope(of(1), expected).body).not.toHaveProperty('more');
  });

  it('with other arrays than it says is refused, and so is one with bytes behind it', () => {
    const { headers } = sealEnvelope(withArrays, fuzzKey, arrays);
    const { data } = sealEnvelope(withArrays, fuzzKey);
    for (const other of [[], [1, 2], [1, 2, 4], [1, 2, 3, 4]])
      expect(codeOf({ data: Buffer.concat([data, Uint8Array.from(other)]), headers })).toBe('MESSAGE_INVALID');
    const plain = sealEnvelope(goodBody, fuzzKey);
    expect(codeOf({ ...plain, data: Buffer.concat([plain.data, arrays]) })).toBe('MESSAGE_INVALID');
  });

  it('that the hub would not let through is not sealed', () => {
    expect(() => sealEnvelope({ ...goodBody, said: 'x'.repeat(2 ** 20) }, fuzzKey)).toThrow(/has room for/);
  });

  it('is none, however it is changed (2,000 times)', () => {
    const random = new Random(testSeed());
    const good = sealEnvelope(goodBody, fuzzKey);
    const refusals = new Set(['SIGNATURE_INVALID', 'MESSAGE_INVALID', 'PROTOCOL_UNKNOWN']);
    for (let i = 0; i < 2000; i++) expect(refusals).toContain(codeOf(fuzzed(good, random)));
  });
});

describe('what a question is known by', () => {
  const said = (task: object): string => canonicalJson({ protocol: 1, message: { kind: 'answer', task } });
  const question: Identified = {
    ...{ kind: 'answer', to: 'a', federation: 'fed', run: 'run-1', round: 3, planHash: 'sha256:00' },
    ...{ payload: { sha256: '0'.repeat(64), size: 1 }, said: said({ taken: 2, instructions: { mu: 1 } }) },
  };
  const heads = { head: { index: 9, root: 'ab' }, noted: 7, cosignature: 'x' };

  it('is the same for a round that is repeated, wherever logs stand by then; each asking has its own', () => {
    const again = { ...question, said: said({ taken: 2, instructions: { mu: 1 }, ...heads }) };
    expect(taskIdOf(again)).toBe(taskIdOf(question));
    expect(askIdOf(again)).not.toBe(askIdOf(question));
    expect(askIdOf(question)).toBe(askIdOf({ ...question }));
    expect(askIdOf(question, 'anew')).not.toBe(askIdOf(question));
  });

  it.each<[string, Partial<Identified>]>([
    ['kind', { kind: 'evaluate' }],
    ['hospital', { to: 'b' }],
    ['federation', { federation: 'other' }],
    ['run', { run: 'run-2' }],
    ['round', { round: 4 }],
    ['plan', { planHash: 'sha256:01' }],
    ['payload', { payload: { sha256: '1'.repeat(64), size: 1 } }],
    ['words', { said: said({ taken: 1, instructions: { mu: 1 } }) }],
  ])('is another for another %s', (_, other) => {
    expect(taskIdOf({ ...question, ...other })).not.toBe(taskIdOf(question));
    expect(askIdOf({ ...question, ...other })).not.toBe(askIdOf(question));
  });
});
