import assert from 'node:assert/strict';

const arrays = [Float32Array, Float64Array, Uint32Array, Uint8Array] as const;

/** Fails unless a value is made of core's `State` alone, so that it can be written down and read back. */
export function assertIsState(value: unknown, path: string): void {
  if (value === null || ['boolean', 'string', 'number'].includes(typeof value)) return;
  if (arrays.some((type) => value instanceof type)) return;
  if (Array.isArray(value)) return value.forEach((item, i) => assertIsState(item, `${path}[${i}]`));
  assert.equal(typeof value, 'object', `${path} is a ${typeof value}, which can't be stored`);
  const prototype: unknown = Object.getPrototypeOf(value);
  assert.ok(
    prototype === Object.prototype || prototype === null,
    `${path} is a ${(value as object).constructor.name}, not plain data`,
  );
  for (const [key, member] of Object.entries(value as object)) assertIsState(member, `${path}.${key}`);
}
