export { hasLedger, openLedger, previewLedger, type LedgerOptions } from './open.js';
export { assertNoOtherLedger } from './same-data.js';
export type { DiskLedger } from './ledger.js';
export type { LedgerTerms } from './terms.js';
export { readLedger, type LedgerReport, type StudyReport } from './report.js';
export { accountantForLedger } from './accountant-names.js';
export { proveCharge } from './prove.js';
export { trustedKey, type LedgerSignature } from './signatures.js';
