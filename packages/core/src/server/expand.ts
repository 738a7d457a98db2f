import { FedwardError, wordsOf } from '../base/errors.js';
import type { Compression } from '../interfaces/compression.js';
import type { Update } from '../interfaces/messages.js';
import { elementOf, sameLayout, type TensorsForm } from '../parameters/parameters.js';
import { assertWithin } from './receive.js';

/**
 * An update as it was before it was made smaller on its way.
 * @param update received in the form of the wire
 * @param expected the form that it had
 * @throws {FedwardError} UPDATE_INVALID or UPDATE_NOT_FINITE naming site and round, for what nothing can be made of
 */
export function expanded(
  update: Update,
  { compression, expected }: { readonly compression: Compression | undefined; readonly expected: TensorsForm },
): Update {
  if (!compression) return update;
  const { clientId, baseRound } = update;
  const refuse = (why: string): never => {
    throw new FedwardError('UPDATE_INVALID', `round ${baseRound}: the update of ${clientId} ${why}`, clientId);
  };
  let payload = update.payload;
  try {
    payload = compression.expand(update.payload, expected);
  } catch (error) {
    refuse(`can't be expanded: ${wordsOf(error).slice(0, 500)}`);
  }
  if (
    !sameLayout(payload.layout, expected.layout) ||
    elementOf(payload.values) !== expected.element ||
    payload.values.length !== expected.layout.size
  )
    refuse(`is expanded by ${compression.name} to other tensors than are expected`);
  const whole = { ...update, payload: { layout: expected.layout, values: payload.values } };
  assertWithin(whole, baseRound, expected.element);
  return whole;
}
