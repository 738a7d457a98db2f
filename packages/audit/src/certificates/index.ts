/** Certificates of rounds: where they are kept, and what they show. */
export {
  certificateStore,
  fileOfRound,
  readCertificate,
  readCertificateFiles,
  type CertificateStoreOptions,
} from './store.js';
export {
  verifyCertificate,
  type CertificateFault,
  type CertificateVerification,
  type CertifiedSite,
} from './verify.js';
export type { Certified } from './schema.js';
export { assertNoted } from './noted.js';
export type { WitnessedHead } from './witnessed.js';
