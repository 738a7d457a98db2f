export { beginEnrolment, type BeginOptions } from './begin.js';
export { addEnrolmentCommands } from './enrolment-commands.js';
export { readSiteIdentity, takeCertificate, type Issued, type SiteIdentity } from './identity.js';
export { joinFederation, type Joined } from './join.js';
export { renewIfDue, type RenewalOptions } from './renewal.js';
export { siteFolder } from './site-folder.js';
export { writeRequest, type WrittenRequest } from './request.js';
