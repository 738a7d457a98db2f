export { accountOf, hubConfig, sitePublishes, type HubPlan } from './hub/config.js';
export { certify, createAuthority, createCertificate, createRequest, readCertificate } from './pki/authority.js';
export type { KeyedCertificate, Subject } from './pki/authority.js';
export { assertMemberId, identities, inboxOf, streams, subjects, taskConsumer, tokenOf } from './subjects.js';
export type { BlobSpace } from './subjects.js';
export type { QuestionAbout, SiteDoor, StudyNotice, StudyStanding } from './door.js';
export { parseStudy, type Study } from './study.js';
