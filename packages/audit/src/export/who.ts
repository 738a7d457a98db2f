import type { AuditEvent, Json, JsonObject } from '@fedward/core';
import { asObject, listIn, objectIn, textIn } from './details.js';

/** What runs there, each as `name version`: as `log-opened` lists it, or as `run-start` does. */
export function softwareOf(details: JsonObject): readonly string[] {
  return (listIn(details, 'software') ?? []).flatMap((each: Json) => {
    if (typeof each === 'string') return each === '' ? [] : [each];
    const { name, version } = asObject(each) ?? {};
    return typeof name === 'string' ? [typeof version === 'string' ? `${name} ${version}` : name] : [];
  });
}

/** The name of the key that a log is signed with: of a verifier key (`name+id+key`) its name. */
export function keyOf(details: JsonObject, member = 'key'): string | undefined {
  const key = textIn(details, member);
  return key === undefined ? undefined : nameOfKey(key);
}

/** Who approved, where an entry names them: by a name, or by the name of a key. */
export function approverOf(details: JsonObject): string | undefined {
  for (const key of ['approver', 'by', 'signer', 'operator', 'key'] as const) {
    const name = textIn(details, key) ?? textIn(objectIn(details, key) ?? {}, 'name');
    if (name !== undefined) return nameOfKey(name);
  }
  return undefined;
}

/** C2SP signed notes write a verifier key as `name+hash+base64`; a name holds no plus sign. */
export function nameOfKey(key: string): string {
  const parts = /^([^+\s]+)\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/.exec(key);
  return parts ? parts[1]! : key;
}

/** A key's name and its id, which differ where a name has had more than one key. */
export function keyIdOf(details: JsonObject, member: string): string | undefined {
  const key = textIn(details, member);
  return key === undefined ? undefined : (/^[^+\s]+\+[0-9a-f]{8}(?=\+)/.exec(key)?.[0] ?? key);
}

/** Whom an event is about: a site, a person or the party that writes the log. */
export function whoOf({ type, clientId, details }: AuditEvent): string {
  if (clientId !== undefined) return clientId;
  if (type === 'approval') return approverOf(details) ?? 'somebody';
  if (type === 'log-opened') return textIn(details, 'role') ?? 'the log';
  if (type === 'log-recovery' || type === 'log-pruned' || type === 'key-rotated') return 'the log';
  return 'coordinator';
}
