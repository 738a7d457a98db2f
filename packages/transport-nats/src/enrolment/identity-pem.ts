import { createPrivateKey, X509Certificate } from 'node:crypto';
import { FedwardError } from '@fedward/core';
import type { KeyedCertificate } from '../pki/authority.js';

/**
 * A certificate and its key as the text of one file, so that there is never one of them with another's half, whenever the
 * machine stops. nats-server and TLS libraries take the one they look for out of it.
 */
export function identityPem({ certificate, key }: KeyedCertificate): string {
  return `${certificate.trim()}\n${key.trim()}\n`;
}

/**
 * @param where what an error names
 * @throws {FedwardError} FILE_INVALID for what is none, or a certificate of another key
 */
export function readIdentityPem(text: string, where: string): KeyedCertificate {
  const [certificate, key] = ['CERTIFICATE', 'PRIVATE KEY'].map(
    (label) => new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text)?.[0],
  );
  if (certificate === undefined || key === undefined)
    throw new FedwardError('FILE_INVALID', `${where} does not hold a certificate and its private key`, where);
  if (!isKeyOf(certificate, key))
    throw new FedwardError('FILE_INVALID', `${where}: the certificate is of another key than the one in the file`, where); // prettier-ignore
  return { certificate: `${certificate}\n`, key: `${key}\n` };
}

/** Whether a certificate is of this private key. False also for what is none. */
export function isKeyOf(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Whether a certificate is by this authority. False also for what is none. */
export function isIssuedBy(certificate: string, authority: string): boolean {
  try {
    const issuer = new X509Certificate(authority);
    const issued = new X509Certificate(certificate);
    return issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
