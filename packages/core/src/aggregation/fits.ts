import { FedwardError } from '../base/errors.js';
import type { Update } from '../interfaces/messages.js';
import { elementOf, sameLayout, type TensorsForm } from '../parameters/parameters.js';

/**
 * For a reduction's `add`, before anything is added.
 * @throws {FedwardError} UPDATE_INVALID naming the client, for another form than is expected or a weight that is
 *   not positive and finite
 */
export function assertFits({ clientId, payload, weight }: Update, { layout, element }: TensorsForm): void {
  const refuse = (why: string): never => {
    throw new FedwardError('UPDATE_INVALID', `the update of ${clientId} has ${why}`, clientId);
  };
  if (!(weight > 0 && Number.isFinite(weight))) refuse(`the weight ${weight}; a weight is finite and > 0`);
  if (!sameLayout(payload.layout, layout) || payload.values.length !== layout.size)
    refuse('other tensors than are expected');
  const given = elementOf(payload.values);
  if (given !== element) refuse(`numbers of type ${given}, and ${element} is expected`);
}
