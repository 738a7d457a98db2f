import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { type ErrorCode } from '@fedward/core';

/** Thrown where a plugin has refused what it does not provide: a check of that has nothing to say of it. */
export class NotProvided extends Error {
  readonly code = 'CONFIG_INCOMPATIBLE';
}

/**
 * Fails unless `action` throws, or rejects, with one of these codes.
 * @throws {NotProvided} where `action` does: no check takes it for the refusal that it is about
 * @returns the error, for what else is to be said about it
 */
export async function refuses(
  codes: ErrorCode | readonly ErrorCode[],
  what: string,
  action: () => unknown,
): Promise<Error & { code: string; subject?: string }> {
  const wanted = ([] as ErrorCode[]).concat(codes);
  let error: unknown;
  try {
    await action();
  } catch (thrown) {
    error = thrown;
  }
  if (error instanceof NotProvided) throw error;
  assert.ok(error !== undefined, `${what}: expected ${wanted.join(' or ')}, but it was accepted`);
  const code = (error as { code?: unknown }).code;
  assert.ok(
    error instanceof Error && wanted.includes(code as ErrorCode),
    `${what}: expected ${wanted.join(' or ')}, got ${String(code ?? error)}`,
  );
  return error as Error & { code: string; subject?: string };
}

/** Fails unless `action` throws or rejects, with whatever error. */
export async function rejects(what: string, action: () => unknown): Promise<void> {
  try {
    await action();
  } catch {
    return;
  }
  assert.fail(`${what}: expected an error, but it was accepted`);
}

/** Fails unless the error names `subject`, as its subject or in its message. */
export function assertNames(error: { subject?: string; message: string }, subject: string): void {
  assert.ok(
    error.subject === subject || error.message.includes(subject),
    `expected the error to name ${subject}, it says: ${error.message}`,
  );
}

/** Remembers plain data, typed arrays included, bit for bit; what it returns fails once the data has changed. */
export function watch<T>(what: string, value: T): () => void {
  const before = structuredClone(value);
  return () => assertSame(value, before, `${what} was changed`);
}

/** Plain data, typed arrays included, equal bit for bit (-0 is not 0). */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  // assert.deepStrictEqual takes seconds to show how two large arrays differ.
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`${what}: ${firstDifference(actual, expected)}`);
}

/** Fails where plain data is the same bit for bit. */
export function assertDiffers(a: unknown, b: unknown, what: string): void {
  assert.notDeepStrictEqual(a, b, what);
}

function firstDifference(actual: unknown, expected: unknown, path = ''): string {
  const structured = (value: unknown): value is object => typeof value === 'object' && value !== null;
  if (structured(actual) && structured(expected) && actual.constructor === expected.constructor) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    for (const key of keys) {
      const a: unknown = actual[key as keyof object];
      const e: unknown = expected[key as keyof object];
      if (!isDeepStrictEqual(a, e)) return firstDifference(a, e, `${path}[${key}]`);
    }
  }
  return `${path || 'the value'} is ${show(actual)}, expected ${show(expected)}`;
}

function show(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number' || value === undefined || typeof value === 'bigint') return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

/** Fails unless |actual - expected| <= absolute + relative * |expected|. */
export function assertClose(
  actual: number,
  expected: number,
  what: string,
  { relative = 0, absolute = 0 }: { relative?: number; absolute?: number },
): void {
  const close = Object.is(actual, expected) || Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
  assert.ok(close, `${what}: expected ${expected}, got ${actual}`);
}

/** `assertClose` for every value of two arrays of equal length. */
export function assertAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  tolerance: { relative?: number; absolute?: number },
): void {
  assert.equal(actual.length, expected.length, `${what}: expected ${expected.length} values, got ${actual.length}`);
  for (let i = 0; i < expected.length; i++) assertClose(actual[i]!, expected[i]!, `${what}, value ${i}`, tolerance);
}

/** Fails where the promise is not settled in time, so that a plugin that hangs fails by name. */
export async function within<T>(seconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not settled within ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Freezes plain data through and through, so that whoever writes to it throws. Typed arrays can't be frozen. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
