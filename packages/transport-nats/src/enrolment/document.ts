import { canonicalJson, FedwardError, parseWith, type JsonObject } from '@fedward/core';
import { bytesOfBase64, verifierOf, type Signer, type Verifier } from '@fedward/kit-keys';
import * as z from 'zod';

/** What is handed between people while a hospital becomes a member. */
export type DocumentKind = 'invite' | 'request' | 'welcome';

const version = 1;
/** A certificate, or a request for one, is below 2 KiB. */
const mostCharacters = 2 ** 18;

const schema = z.object({
  /** The kind. */
  fedward: z.string().max(100),
  v: z.number(),
  body: z.record(z.string(), z.json()),
  /** Verifier key of who signed. */
  key: z.string().max(500),
  signature: z.string().max(100),
});

/** A document whose signature is right. Whether its key is the one of who it says is for whoever compares fingerprints. */
export interface OpenedDocument {
  readonly body: unknown;
  readonly verifier: Verifier;
}

/**
 * The text of a signed document: JSON for people to look at. What is signed is its canonical spelling, so that a mail program
 * that breaks lines otherwise does no harm.
 */
export function sealDocument(kind: DocumentKind, body: JsonObject, signer: Signer): string {
  const { verifierKey: key } = signer;
  const signature = Buffer.from(signer.sign(signedBytes(kind, { body, key }))).toString('base64');
  return `${JSON.stringify({ fedward: kind, v: version, body, key, signature }, null, 2)}\n`;
}

/**
 * @param where what an error names, such as the file
 * @throws {FedwardError} FILE_INVALID for what is no such document; PROTOCOL_UNKNOWN for one of a newer version;
 *   SIGNATURE_INVALID for one that was changed after it was signed
 */
export function openDocument(kind: DocumentKind, text: string, where: string): OpenedDocument {
  const { fedward, v, body, key, signature } = parsed(kind, text, where);
  if (fedward !== kind)
    throw new FedwardError('FILE_INVALID', `${where} is fedward's ${fedward}, and not the ${kind} that is asked for`, where); // prettier-ignore
  if (v !== version)
    throw new FedwardError(
      'PROTOCOL_UNKNOWN',
      `${where} is of version ${v}, this side knows version ${version}: install matching versions of fedward`,
      where,
      { family: 'configuration' },
    );
  const verifier = verifierIn(key, where);
  const bytes = bytesOfBase64(signature);
  if (!bytes || !verifier.verify(signedBytes(kind, { body: body as JsonObject, key }), bytes))
    throw new FedwardError(
      'SIGNATURE_INVALID',
      `${where} is not what ${verifier.name} signed: it was changed on its way; ask for it once more`,
      where,
    );
  return { body, verifier };
}

function parsed(kind: DocumentKind, text: string, where: string): z.output<typeof schema> {
  if (text.length > mostCharacters)
    throw new FedwardError('FILE_INVALID', `${where} is too large for a ${kind}`, where);
  try {
    return parseWith(schema, JSON.parse(text), where);
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${where} is no ${kind} of fedward: ${(cause as Error).message}`, where, {
      cause,
    });
  }
}

function verifierIn(key: string, where: string): Verifier {
  try {
    return verifierOf(key);
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${where}: ${(cause as Error).message}`, where, { cause });
  }
}

/** The kind is signed with it, so that no document, and no message, can be taken for another one. */
function signedBytes(kind: DocumentKind, signed: { readonly body: JsonObject; readonly key: string }): Uint8Array {
  return Buffer.from(`fedward/v1 ${kind}\n${canonicalJson({ v: version, ...signed })}`);
}
