import type { LocalDeployment } from '@fedward/coordinator';
import type { JsonObject } from '@fedward/core';
import { askControl } from '@fedward/kit-daemon';

/**
 * Approves a study at a hospital as `fedward site approve` does, once it was proposed there, without a process for it: a test
 * of many studies would spend more on those than on the studies.
 * @throws {FedwardError} as `LocalDeployment.until`, and what the hospital refuses with
 */
export async function approveAt(local: LocalDeployment, site: string, study: string): Promise<void> {
  const ask = (question: string, body: JsonObject) =>
    askControl(local.siteFolder(site), question, body, { program: 'site', timeoutSeconds: 300 });
  await local.until(async () => {
    const known = (await ask('studies', {})) as unknown as readonly { readonly id: string }[];
    return known.some(({ id }) => id === study) || undefined;
  });
  await ask('approve', { study, by: 'the test', words: '' });
}
