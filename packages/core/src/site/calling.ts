import { throwIfAborted } from '../base/abort.js';
import { incompatible } from '../base/errors.js';
import type { Client } from '../interfaces/client.js';
import { assertBody, assertCall } from './gate.js';
import type { Office } from './office.js';

/** How a site answers what a mechanism's half at the server asks of its half here: gate, mechanism, log. */
export function calling(office: Office): Client['call'] {
  const { mechanisms } = office.common;
  return async (message, signal) => {
    const mechanism = await office.gated(message, () => {
      office.assertApproved(message);
      assertCall(message, office.id);
      const named = mechanisms.find(({ name }) => name === message.mechanism);
      if (named?.onCall) {
        assertBody(message, office.id, named.mostCallBytes);
        return named;
      }
      throw incompatible(`${office.id} has no mechanism ${message.mechanism} that answers calls`, message.mechanism);
    });
    throwIfAborted(signal);
    const context = office.callContext(message, mechanism.name);
    const told = await office.gated(message, () => mechanism.onCall!(message.body, context));
    await office.log(message, 'call', { mechanism: mechanism.name });
    return told;
  };
}
