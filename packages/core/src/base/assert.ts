import { FedwardError } from './errors.js';

function fail(name: string, must: string, value: unknown): never {
  throw new FedwardError('ARGUMENT_INVALID', `${name} must be ${must}, got ${String(value)}`, name);
}

/** @throws {FedwardError} ARGUMENT_INVALID unless `value` is an integer in [minimum, maximum]. */
export function assertInteger(name: string, value: number, minimum = 0, maximum = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isSafeInteger(value) || value < minimum || value > maximum)
    fail(name, `an integer from ${minimum} to ${maximum}`, value);
}

/** @throws {FedwardError} ARGUMENT_INVALID unless `value` is finite and > 0. */
export function assertPositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) fail(name, 'a finite number > 0', value);
}

/** @throws {FedwardError} ARGUMENT_INVALID unless `value` is finite and >= 0. */
export function assertNotNegative(name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) fail(name, 'a finite number >= 0', value);
}

/** @throws {FedwardError} ARGUMENT_INVALID unless 0 <= value <= 1. */
export function assertProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) fail(name, 'a probability from 0 to 1', value);
}

/** @throws {FedwardError} ARGUMENT_INVALID with `message` unless `condition`. */
export function assertThat(condition: boolean, name: string, message: string): asserts condition {
  if (!condition) throw new FedwardError('ARGUMENT_INVALID', message, name);
}
