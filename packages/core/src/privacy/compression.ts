import { incompatible } from '../base/errors.js';
import type { Compression } from '../interfaces/compression.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import type { Plan } from '../plan/plan.js';

/**
 * A plan's compression against the plan and its mechanisms: the same at every site and at the server.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for another than the plan names, beside a mechanism whose updates only it can
 *   read, for one that takes away what a mechanism needs, and what its `validate` throws
 */
export function compressionOf(
  plan: Plan,
  compression: Compression | undefined,
  mechanisms: readonly PrivacyMechanism[],
): void {
  const [named, given] = [plan.compression?.name ?? 'none', compression?.name ?? 'none'];
  if (named !== given) throw incompatible(`the plan names compression ${named}, given was ${given}`, 'compression');
  if (!compression) return;
  for (const { name, form, requires } of mechanisms) {
    if (form)
      throw incompatible(
        `${name} turns updates into what only their sum can be read of, which compression ${given} would destroy: leave one of the two out`, // prettier-ignore
        'compression',
      );
    const lost = requires.find((capability) => compression.removes?.includes(capability));
    if (lost) throw incompatible(`${name} needs ${lost}, which compression ${given} takes away`, 'compression');
  }
  compression.validate?.(plan);
}
