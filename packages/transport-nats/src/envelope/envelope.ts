import { canonicalJson, FedwardError, sha256 } from '@fedward/core';
import { bytesOfBase64, verifierOf, type Signer, type Verifier } from '@fedward/kit-keys';
import { headers as newHeaders, type MsgHdrs } from '@nats-io/nats-core';
import { bodySchema, envelopeVersion, type Body } from './body.js';

// A message: the body as canonical JSON (RFC 8785), then the arrays that go with it where they are small; in its headers the
// key, the length of the body, and a signature over `fedward/v1 `, that length, a line feed and the body's bytes. The prefix
// sets it apart from all else that the same key signs.

/** Arrays of up to so many bytes go in the message itself. */
export const mostInlineBytes = 256 * 2 ** 10;
/** The most that a message may have, bytes: what the hub lets through. */
export const mostMessageBytes = 2 ** 20;

const headerNames = { key: 'Fedward-Key', signature: 'Fedward-Sig', length: 'Fedward-Body' } as const;

/** A message as it was received. */
export interface Sealed {
  readonly data: Uint8Array;
  readonly headers?: MsgHdrs | undefined;
}

/** A message as it is sent. */
export interface Signed extends Sealed {
  readonly headers: MsgHdrs;
}

/** What was verified. */
export interface Envelope {
  readonly body: Body;
  /** The arrays, where they came along: of the digest and size that the body says. */
  readonly inline?: Uint8Array;
}

/** Who may have sent it to whom. */
export interface Expected {
  /** Undefined: nobody's messages are taken, such as of a hospital that was revoked. */
  readonly verifier: Verifier | undefined;
  readonly federation: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Signs a message.
 * @param inline the arrays of `body.payload`, where `body.inline` says that they are in the message
 * @throws {FedwardError} ARGUMENT_INVALID for one that is larger than the hub lets through
 */
export function sealEnvelope(body: Body, signer: Signer, inline?: Uint8Array): Signed {
  const bytes = Buffer.from(canonicalJson({ v: envelopeVersion, ...body }), 'utf8');
  const data = inline ? Buffer.concat([bytes, inline]) : bytes;
  if (data.length > mostMessageBytes - roomForHeaders)
    throw new FedwardError('ARGUMENT_INVALID', `what is said in a ${body.kind} to ${body.to} takes ${data.length} bytes; a message has room for ${mostMessageBytes - roomForHeaders}`, body.to); // prettier-ignore
  const headers = newHeaders();
  headers.set(headerNames.key, keyTextOf(signer.verifierKey));
  headers.set(headerNames.signature, Buffer.from(signer.sign(signedText(bytes))).toString('base64'));
  headers.set(headerNames.length, String(bytes.length));
  return { data, headers };
}

/**
 * Verifies a message, over its bytes as they were received, before anything of it is parsed.
 * @throws {FedwardError} SIGNATURE_INVALID; PROTOCOL_UNKNOWN for a body of another version; MESSAGE_INVALID for one that is
 *   none, is of or for somebody else, or came with other arrays than it says
 */
export function openEnvelope({ data, headers }: Sealed, { verifier, federation, from, to }: Expected): Envelope {
  const unsigned = (why: string): FedwardError =>
    new FedwardError('SIGNATURE_INVALID', `a message as of ${from} is not taken: ${why}`, from);
  if (!verifier) throw unsigned('no key of it is known here, or it was revoked');
  if (!headers) throw unsigned('it is not signed');
  const key = headers.get(headerNames.key);
  if (key !== keyTextOf(verifier.verifierKey)) throw unsigned('it is signed by another key than the one known here');
  const length = lengthOf(headers.get(headerNames.length), data.length);
  const signature = bytesOfBase64(headers.get(headerNames.signature));
  if (length === undefined || signature?.length !== 64) throw unsigned('its headers are none');
  const bytes = data.subarray(0, length);
  if (!verifier.verify(signedText(bytes), signature)) throw unsigned('its signature is not of what it says');
  const body = bodyOf(bytes, from);
  const invalid = (why: string): FedwardError =>
    new FedwardError('MESSAGE_INVALID', `a ${body.kind} of ${from} is not taken: ${why}`, from);
  if (body.federation !== federation) throw invalid(`it is of the federation ${JSON.stringify(body.federation)}`);
  if (body.from !== from) throw invalid(`it says that it is from ${JSON.stringify(body.from)}`);
  if (body.to !== to) throw invalid(`it is for ${JSON.stringify(body.to)}, not for ${to}`);
  const inline = data.subarray(length);
  if (!body.inline) {
    if (inline.length > 0) throw invalid('there are bytes behind it');
    return { body };
  }
  if (inline.length !== body.payload?.size || sha256(inline) !== body.payload.sha256)
    throw invalid('the arrays in it are not those that it says');
  return { body, inline };
}

/** As the headers of NATS take it: eight hexadecimal digits. */
function keyTextOf(verifierKey: string): string {
  return verifierOf(verifierKey).keyId.toString(16).padStart(8, '0');
}

function signedText(body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`fedward/v1 ${body.length}\n`, 'utf8'), body]);
}

function lengthOf(text: string, most: number): number | undefined {
  if (!/^[1-9][0-9]{0,6}$/.test(text)) return undefined;
  const length = Number(text);
  return length <= most && length <= mostMessageBytes ? length : undefined;
}

function bodyOf(bytes: Uint8Array, from: string): Body {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', `a message of ${from} is not JSON`, from, { cause });
  }
  const { v } = Object(value) as { readonly v?: unknown };
  if (typeof v === 'number' && v !== envelopeVersion)
    throw new FedwardError('PROTOCOL_UNKNOWN', `${from} speaks v${v}, this side v${envelopeVersion}: install matching versions`, from); // prettier-ignore
  const parsed = bodySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new FedwardError('MESSAGE_INVALID', `a message of ${from} is none: ${path.join('.')}: ${message}`, from);
}

const roomForHeaders = 4096;
