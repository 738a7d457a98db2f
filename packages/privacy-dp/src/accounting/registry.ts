import type { AccountantFactory } from '@fedward/core';
import { gaussianAccountant } from './gaussian-accountant.js';
import { pldAccountant } from './pld/pld-accountant.js';
import { rdpAccountant } from './rdp-accountant.js';

/** The accountants of this package, by the name that a plan's `privacy.accountant` has. */
export const accountants: Readonly<Record<string, AccountantFactory>> = {
  rdp: rdpAccountant(),
  pld: pldAccountant(),
  gaussian: gaussianAccountant(),
};
