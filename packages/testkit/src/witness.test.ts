import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenWitnesses } from './broken/witnesses/faults.js';
import { referenceWitness } from './broken/witnesses/reference.js';
import { witnessCompliance } from './witness.js';

describe('the suite of witnesses', () => {
  const suiteOf = (create: typeof referenceWitness) => witnessCompliance({ create });
  expectFaultsSeen(suiteOf, referenceWitness, brokenWitnesses);
  expectNoIdleCheck([suiteOf(referenceWitness)], brokenWitnesses);
});
