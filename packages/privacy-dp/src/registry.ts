import type { AccountantFactory, PrivacyMechanism } from '@fedward/core';
import { gaussianAccountant } from './accounting/gaussian-accountant.js';
import { pldAccountant } from './accounting/pld/pld-accountant.js';
import { rdpAccountant } from './accounting/rdp-accountant.js';
import { central, type CentralOptions } from './mechanisms/central.js';
import { dpFtrl, type DpFtrlOptions } from './mechanisms/dp-ftrl.js';
import { dpSgd, type DpSgdOptions } from './mechanisms/dp-sgd.js';
import { local, type LocalOptions } from './mechanisms/local.js';
import { tutorial041, type Tutorial041Options } from './mechanisms/tutorial-041.js';

/** The accountants of this package, by the name that a plan's `privacy.accountant` has. */
export const accountants: Readonly<Record<string, AccountantFactory>> = {
  rdp: rdpAccountant(),
  pld: pldAccountant(),
  gaussian: gaussianAccountant(),
};

/** The mechanisms of this package, by the name that a plan has. Each checks the options that it is given. */
export const mechanisms: Readonly<Record<string, (options: unknown, path?: string) => PrivacyMechanism>> = {
  'dp-sgd': (options, path) => dpSgd(options as DpSgdOptions, path),
  central: (options, path) => central(options as CentralOptions, path) as PrivacyMechanism,
  local: (options, path) => local(options as LocalOptions, path),
  'dp-ftrl': (options, path) => dpFtrl(options as DpFtrlOptions, path) as PrivacyMechanism,
  'tutorial-041': (options, path) => tutorial041(options as Tutorial041Options, path),
};
