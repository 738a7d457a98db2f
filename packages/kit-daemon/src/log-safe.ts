import { isFedwardError } from '@fedward/core';

/** Members that are keys, or that open what is kept shut. */
const secret =
  /pass(word|phrase)?$|secret|token|credential|authorization|cookie|private.?key|signing.?key|seed$|^pin$/i;
/** Members that are, or are made of, what is known of patients: records, their columns, who they are. */
const patient =
  /patient|^mrn$|birth|^records?$|^rows?$|^features$|^labels$|^values$|^cells$|^columns$|^examples?$|diagnos|^dob$|^ssn$/i;
const removed = '[removed]';
/** As deep as a field may be, and as long as its text may be, in characters. */
const deepest = 6;
const longest = 4000;
/** Of a list, members that are told. */
const most = 50;

/**
 * The same fields without what must not be in a log: members whose name is that of a secret or of a patient's data, the
 * elements of arrays of numbers (weights, features), private keys and credentials within texts. It is a net under those
 * who write lines, who name what they mean and never a record.
 */
export function safeFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return safeMembers(fields, 0);
}

/** A text without private keys and credentials. */
export function safeText(text: string): string {
  const safe = text
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, removed)
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, `$1${removed}@`)
    .replace(/\b(Basic|Bearer) [A-Za-z0-9+/=._~-]{6,}/g, `$1 ${removed}`);
  return safe.length > longest ? `${safe.slice(0, longest)}… (${safe.length} characters)` : safe;
}

function safeMembers(members: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      secret.test(name) || patient.test(name)
        ? value === undefined
          ? undefined
          : removed
        : safeValue(value, depth + 1),
    ]),
  );
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return safeText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return safeError(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.constructor.name} of ${value.byteLength} bytes]`;
  if (depth > deepest) return '[deeper]';
  if (!Array.isArray(value)) return safeMembers(value, depth);
  const told = value.slice(0, most).map((member) => safeValue(member, depth + 1));
  return value.length > most ? [...told, `… (${value.length} in all)`] : told;
}

/** Without what only a debugger needs: its stack names files of this machine, its cause may quote what was read. */
function safeError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, cause } = error;
  const known = isFedwardError(error) ? { code: error.code, subject: error.subject } : { name };
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return {
    ...{ ...known, message: safeText(message) },
    ...(typeof code === 'string' && depth <= deepest && { cause: code }),
  };
}
