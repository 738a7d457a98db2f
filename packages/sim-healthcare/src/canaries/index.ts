export { auditable, runCanaries } from './canary-run.js';
export type { CanaryFindings, CanaryRunHooks, CanaryRunOptions, CheckedClaim } from './canary-run.js';
