import type { AccountantFactory, PrivacyMechanism } from '@fedward/core';
import { gaussianAccountant } from './accounting/gaussian-accountant.js';
import { rdpAccountant } from './accounting/rdp-accountant.js';
import { dpSgd, type DpSgdOptions } from './mechanisms/dp-sgd.js';
import { tutorial041, type Tutorial041Options } from './mechanisms/tutorial-041.js';

/** The accountants of this package, by the name that a plan's `privacy.accountant` has. */
export const accountants: Readonly<Record<string, AccountantFactory>> = {
  rdp: rdpAccountant(),
  gaussian: gaussianAccountant,
};

/** The mechanisms of this package, by the name that a plan has. Each checks the options that it is given. */
export const mechanisms: Readonly<Record<string, (options: unknown, path?: string) => PrivacyMechanism>> = {
  'dp-sgd': (options, path) => dpSgd(options as DpSgdOptions, path),
  'tutorial-041': (options, path) => tutorial041(options as Tutorial041Options, path),
};
