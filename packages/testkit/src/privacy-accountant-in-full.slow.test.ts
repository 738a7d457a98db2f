import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenAccountants, suiteOf } from './broken/privacy-accountants/all.js';
import { referenceAccountant } from './broken/privacy-accountants/reference.js';

describe('the suite of privacy accountants', () => {
  expectFaultsSeen(suiteOf, referenceAccountant, brokenAccountants, 'named');
  expectNoIdleCheck([suiteOf(referenceAccountant)], brokenAccountants);
});
