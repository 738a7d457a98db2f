import type { PrivacyMechanism } from '@fedward/core';
import { central, type CentralOptions } from './central.js';
import { dpFtrl, type DpFtrlOptions } from './dp-ftrl.js';
import { dpSgd, type DpSgdOptions } from './dp-sgd.js';
import { local, type LocalOptions } from './local.js';
import { tutorial041, type Tutorial041Options } from './tutorial-041.js';

/** The mechanisms of this package, by the name that a plan has. Each checks the options that it is given. */
export const mechanisms: Readonly<Record<string, (options: unknown, path?: string) => PrivacyMechanism>> = {
  'dp-sgd': (options, path) => dpSgd(options as DpSgdOptions, path),
  central: (options, path) => central(options as CentralOptions, path) as PrivacyMechanism,
  local: (options, path) => local(options as LocalOptions, path),
  'dp-ftrl': (options, path) => dpFtrl(options as DpFtrlOptions, path) as PrivacyMechanism,
  'tutorial-041': (options, path) => tutorial041(options as Tutorial041Options, path),
};
