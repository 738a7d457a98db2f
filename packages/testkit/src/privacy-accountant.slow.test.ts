import { describe } from 'vitest';
import { expectFaultsSeen } from './broken/expect.js';
import { brokenAccountants, suiteOf } from './broken/privacy-accountants/all.js';
import { referenceAccountant } from './broken/privacy-accountants/reference.js';

describe('the suite of privacy accountants, all checks of each fault', () => {
  expectFaultsSeen(suiteOf, referenceAccountant, brokenAccountants);
});
