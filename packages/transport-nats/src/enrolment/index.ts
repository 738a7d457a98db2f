export { assertFingerprint, fingerprintOf } from './fingerprint.js';
export { openInvite, sealInvite, type Invite } from './invite.js';
export { openRequest, sealRequest, type EnrolmentRequest } from './request.js';
export { openWelcome, sealWelcome, type Welcome, type WelcomeExpected } from './welcome.js';
export { parseRenewalAnswer, parseRenewalRequest, renewalKind } from './renewal.js';
export type { RenewalAnswer, RenewalRequest } from './renewal.js';
export { certificateStanding, type CertificateStanding } from './standing.js';
export { identityPem, isIssuedBy, isKeyOf, readIdentityPem } from './identity-pem.js';
