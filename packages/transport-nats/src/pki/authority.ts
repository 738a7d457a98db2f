import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { FedwardError } from '@fedward/core';
import * as x509 from '@peculiar/x509';

type CryptoKey = webcrypto.CryptoKey;
type CryptoKeyPair = webcrypto.CryptoKeyPair;

x509.cryptoProvider.set(webcrypto as never);

/** Keys of certificates: ECDSA over P-256 with SHA-256, which all that terminate TLS know. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 24 * 3600 * 1000;
/** Certificates begin a little before they are made: the others' clocks may be behind. */
const backdated = 3600 * 1000;

/** A certificate with its private key, both PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is to say. */
export interface Subject {
  /** For people. */
  readonly commonName: string;
  /** By which the hub knows it (`identities`); of a hub's own certificate none. */
  readonly uri?: string;
  /** Names and addresses of a hub. */
  readonly hosts?: readonly string[];
  readonly usage: 'client' | 'server';
  /** How long it holds. */
  readonly days: number;
}

/** Makes a certificate authority of its own, for one federation: who else is known to it, nobody but its owner decides. */
export async function createAuthority(commonName: string, { days = 3650 } = {}): Promise<KeyedCertificate> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: nameOf(commonName),
    keys,
    signingAlgorithm: algorithm,
    ...validity(days),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) };
}

/** A key of one's own, and the request to certify it (PKCS#10), both PEM: the private half never leaves who makes it. */
export async function createRequest(commonName: string): Promise<{ readonly request: string; readonly key: string }> {
  const keys = await newKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: nameOf(commonName),
    keys,
    signingAlgorithm: algorithm,
  });
  return { request: request.toString('pem'), key: await pemOf(keys.privateKey) };
}

/**
 * Certifies the key of a request. What the request says of itself is not looked at: `subject` alone is in the certificate.
 * @throws {FedwardError} MESSAGE_INVALID for what is no request, or not signed by its own key
 */
export async function certify(authority: KeyedCertificate, request: string, subject: Subject): Promise<string> {
  let asked: x509.Pkcs10CertificateRequest;
  try {
    asked = new x509.Pkcs10CertificateRequest(request);
    if (!(await asked.verify())) throw new Error('it is not signed by its own key');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FedwardError('MESSAGE_INVALID', `not a certificate request: ${why}`, 'request', { cause });
  }
  return issue(authority, await asked.publicKey.export(), subject);
}

/** A new key and its certificate. */
export async function createCertificate(authority: KeyedCertificate, subject: Subject): Promise<KeyedCertificate> {
  const keys = await newKeys();
  return { certificate: await issue(authority, keys.publicKey, subject), key: await pemOf(keys.privateKey) };
}

/** When a certificate ends, and what it is for; for warnings, since TLS itself looks at all of it. */
export function readCertificate(pem: string): {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly serial: string;
  readonly uri?: string;
} {
  const certificate = new x509.X509Certificate(pem);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  const uri = names.find(({ type }) => type === 'url')?.value;
  const { notBefore, notAfter, serialNumber: serial } = certificate;
  return { notBefore, notAfter, serial, ...(uri !== undefined && { uri }) };
}

async function issue(
  authority: KeyedCertificate,
  publicKey: CryptoKey,
  { commonName, uri, hosts = [], usage, days }: Subject,
): Promise<string> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const names: x509.JsonGeneralNames = [
    ...(uri === undefined ? [] : [{ type: 'url' as const, value: uri }]),
    ...hosts.map((host) => ({ type: isAddress(host) ? ('ip' as const) : ('dns' as const), value: host })),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject: nameOf(commonName),
    issuer: issuer.subject,
    signingKey: await keyOf(authority.key),
    publicKey,
    signingAlgorithm: algorithm,
    ...validity(days),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        usage === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
      ]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return certificate.toString('pem');
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - backdated), notAfter: new Date(now + days * day) };
}

/** A distinguished name of one part; whatever is in it stays in it. */
function nameOf(commonName: string): x509.JsonName {
  return [{ CN: [commonName] }];
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}

async function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

async function pemOf(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function keyOf(pem: string): Promise<CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}
