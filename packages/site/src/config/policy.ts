import { parseSitePolicy, type SitePolicyInput, type SitePolicyRules } from '@fedward/compliance';
import type { SiteConfig } from './schema.js';

/**
 * The rules of a hospital that has written none: errors leave as codes, updates have the tensors that were asked for, few
 * records answer nothing, and noise is secret.
 */
export const usualPolicy = {
  schemaVersion: 1,
  name: 'usual',
  minimumRecords: 10,
  requireSecretNoise: true,
  errors: 'code',
} as const satisfies SitePolicyInput;

/** `usualPolicy`, of a simulation without what a simulation can't keep to. */
export function defaultPolicy(noise: SiteConfig['noise']): SitePolicyRules {
  return parseSitePolicy({ ...usualPolicy, requireSecretNoise: noise === 'secret' });
}
