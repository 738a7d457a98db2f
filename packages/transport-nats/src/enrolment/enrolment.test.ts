import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { signerOf } from '@fedward/kit-keys';
import { describe, expect, it } from 'vitest';
import { createAuthority, createCertificate } from '../pki/authority.js';
import { openDocument, sealDocument, type DocumentKind } from './document.js';
import { assertFingerprint, fingerprintOf } from './fingerprint.js';
import { identityPem, isIssuedBy, isKeyOf, readIdentityPem } from './identity-pem.js';
import { certificateStanding } from './standing.js';

const signer = signerOf('fed/coordinator', generateKeyPairSync('ed25519').privateKey);

describe('a fingerprint', () => {
  it('is the first 160 bits of SHA-256 in base32 of RFC 4648', () => {
    // By Python: base64.b32encode(hashlib.sha256(text).digest()[:20])
    expect(fingerprintOf('fed/coordinator+00000000+AQ==')).toBe('46NI-46YC-X63S-E4FS-EMA3-WLSN-HUPK-YTT3');
  });

  it('is taken as people type it, and differs in any character', () => {
    const own = fingerprintOf(signer.verifierKey);
    for (const typed of [own, own.toLowerCase(), own.replaceAll('-', ' '), own.replaceAll('-', ''), ` ${own} `])
      assertFingerprint(typed, signer.verifierKey);
    for (let at = 0; at < own.length; at++) {
      if (own[at] === '-') continue;
      const other = `${own.slice(0, at)}${own[at] === 'A' ? 'B' : 'A'}${own.slice(at + 1)}`;
      expect(() => assertFingerprint(other, signer.verifierKey)).toThrow(/not the one that was given/);
    }
    for (const none of ['', own.slice(1), `${own}A`, own.replace(/.$/, '1')])
      expect(() => assertFingerprint(none, signer.verifierKey)).toThrow(/is no fingerprint/);
  });
});

describe('a signed document', () => {
  it('gives back what was signed, whatever its spelling, and nothing that was changed', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: 'grapheme' })), (body) => {
        const text = sealDocument('invite', body, signer);
        expect(openDocument('invite', text, 'x')).toMatchObject({
          body,
          verifier: { verifierKey: signer.verifierKey },
        });
        const spelt = JSON.parse(text) as Record<string, unknown>;
        const turned = JSON.stringify(Object.fromEntries(Object.entries(spelt).reverse()));
        expect(openDocument('invite', turned, 'x').body).toEqual(body);
        const more = JSON.stringify({ ...spelt, body: { ...body, more: 1 } });
        expect(() => openDocument('invite', more, 'x')).toThrow(/changed on its way/);
      }),
      { numRuns: 30 },
    );
  });

  it('is of one kind, which is signed with it', () => {
    const text = sealDocument('invite', { a: 1 }, signer);
    for (const kind of ['request', 'welcome'] satisfies DocumentKind[]) {
      expect(() => openDocument(kind, text, 'x')).toThrow(/is fedward's invite/);
      const relabelled = text.replace('"invite"', `"${kind}"`);
      expect(() => openDocument(kind, relabelled, 'x')).toThrow(/changed on its way/);
    }
  });

  it('of a newer version, or that is none, is refused by name', () => {
    const text = sealDocument('invite', { a: 1 }, signer);
    const code = (of: string): unknown => {
      try {
        return openDocument('invite', of, 'x');
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(text.replace('"v": 1', '"v": 2'))).toBe('PROTOCOL_UNKNOWN');
    for (const none of ['', '{', '[]', '{}', 'null', 'x'.repeat(300_000), text.replace(signer.verifierKey, 'x')])
      expect(code(none)).toBe('FILE_INVALID');
    expect(code(text.replace(/"signature": "[^"]+"/, '"signature": "AAAA"'))).toBe('SIGNATURE_INVALID');
  });

  it('survives whatever is done to its text', () => {
    const text = sealDocument('invite', { a: 1 }, signer);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, put) => {
        const other = text.slice(0, at) + put + text.slice(at + 1);
        try {
          expect(openDocument('invite', other, 'x').body).toEqual({ a: 1 });
        } catch (error) {
          expect((error as { code: string }).code).toMatch(/^(FILE_INVALID|SIGNATURE_INVALID|PROTOCOL_UNKNOWN)$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a certificate', () => {
  it('stands in one file with its key, and in none with another', async () => {
    const authority = await createAuthority('a');
    const subject = { commonName: 'x', uri: 'fedward://fed/site/x', usage: 'client', days: 90 } as const;
    const [one, two] = [await createCertificate(authority, subject), await createCertificate(authority, subject)];
    expect(readIdentityPem(identityPem(one), 'x')).toEqual({
      certificate: `${one.certificate.trim()}\n`,
      key: `${one.key.trim()}\n`,
    });
    const mixed = identityPem({ certificate: one.certificate, key: two.key });
    expect(() => readIdentityPem(mixed, 'x')).toThrow(/of another key/);
    expect(() => readIdentityPem(one.certificate, 'x')).toThrow(/does not hold/);
    expect([isKeyOf(one.certificate, one.key), isKeyOf(one.certificate, 'x')]).toEqual([true, false]);
    const other = await createAuthority('a');
    expect(isIssuedBy(one.certificate, authority.certificate)).toBe(true);
    expect(isIssuedBy(one.certificate, other.certificate)).toBe(false);
    expect(isIssuedBy('x', authority.certificate)).toBe(false);
  });

  it('is due when two thirds of its time are over', async () => {
    const { certificate } = await createAuthority('a', { days: 90 });
    const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);
    // It begins an hour before it is made: 2161 hours in all.
    expect(certificateStanding(certificate, inHours(-2))).toMatchObject({ state: 'early' });
    expect(certificateStanding(certificate, inHours(1438)).state).toBe('good');
    expect(certificateStanding(certificate, inHours(1441))).toMatchObject({ state: 'due' });
    expect(certificateStanding(certificate, inHours(2158)).words).toMatch(/in 2 hours$/);
    expect(certificateStanding(certificate, inHours(2161))).toMatchObject({
      state: 'ended',
      words: expect.stringMatching(/1 hour ago by the clock of this machine$/) as string,
    });
    expect(certificateStanding(certificate, inHours(2161 + 49)).words).toMatch(/2 days ago/);
  });
});
