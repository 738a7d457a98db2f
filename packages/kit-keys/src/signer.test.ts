import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assertKeyName, signerFromPkcs8, signerOf, verifierOf } from './signer.js';

/** RFC 8032, section 7.1, tests 1 to 3: secret key, public key, message, signature. */
const vectors: readonly (readonly [string, string, string, string])[] = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
];

const pkcs8 = (seed: string): Buffer => Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');

describe('signers', () => {
  it.each(vectors)('sign as RFC 8032 does (secret key %s)', (secret, publicKey, message, signature) => {
    const signer = signerFromPkcs8('example.com/log', pkcs8(secret));
    const [name, , ...key] = signer.verifierKey.split('+'); // base64 has plus signs too
    expect(name).toBe('example.com/log');
    const typed = Buffer.from(key.join('+'), 'base64');
    expect(typed.toString('hex')).toBe(`01${publicKey}`);
    const bytes = Buffer.from(message, 'hex');
    expect(Buffer.from(signer.sign(bytes)).toString('hex')).toBe(signature);
    const verifier = verifierOf(signer.verifierKey);
    expect(verifier.verify(bytes, Buffer.from(signature, 'hex'))).toBe(true);
    expect(verifier.verify(Buffer.concat([bytes, Buffer.of(0)]), Buffer.from(signature, 'hex'))).toBe(false);
  });

  it('are not made of what is no Ed25519 key', () => {
    const refused = { code: 'ARGUMENT_INVALID', subject: 'north' };
    const x25519 = generateKeyPairSync('x25519').privateKey;
    for (const make of [
      () => signerOf('north', x25519),
      () => signerFromPkcs8('north', Buffer.from('no key')),
      () => signerFromPkcs8('north', new Uint8Array()),
    ])
      expect(make).toThrow(expect.objectContaining(refused));
    expect(createPrivateKey({ key: pkcs8('00'.repeat(32)), format: 'der', type: 'pkcs8' }).type).toBe('private');
  });

  it.each(['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'a\u0085b', 'a\u2028b', '\ud800', 'x'.repeat(201)])(
    'have no name such as %j',
    (name) => expect(() => assertKeyName(name)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' })),
  );

  it('have names with slashes, and in any script', () => {
    for (const name of ['north', 'example.com/hospital/1', 'Universitätsklinikum', '病院', 'x'.repeat(200)])
      expect(() => assertKeyName(name)).not.toThrow();
  });
});
