export {
  defineSuite,
  type CheckOutcome,
  type Checks,
  type ComplianceCheck,
  type ComplianceSuite,
  type TestRunner,
} from './suite.js';
