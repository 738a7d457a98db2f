/**
 * A copy as structuredClone makes it, for plain data several times as fast, since each message in memory goes through this.
 * Of an array that is a view into a larger buffer the view alone is copied, where structuredClone takes the rest too.
 *
 * @throws {DOMException} DataCloneError for what can't be cloned, such as a function
 */
export function copyOf<Value>(value: Value): Value {
  return copied(value) as Value;
}

/** What nobody can change is shared: the cohort is in the task of each of its members. */
export function copyOfMessage<Message>(message: Message): Message {
  const { cohort } = Object(message) as { readonly cohort?: readonly string[] };
  if (!Array.isArray(cohort) || !Object.isFrozen(cohort)) return copyOf(message);
  const { cohort: _, ...rest } = message as object & { readonly cohort: unknown };
  return { ...copyOf(rest), cohort } as Message;
}

function copied(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return structuredClone(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, copied);
  if (ArrayBuffer.isView(value) && 'slice' in value) return (value as Uint8Array).slice();
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind !== Object.prototype && kind !== null) return structuredClone(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]));
}
