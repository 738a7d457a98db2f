import { renewalKind } from '@fedward/transport-nats';
import type { HubPass } from '../daemon/index.js';
import { readSiteIdentity, renewIfDue } from '../enrolment/index.js';

/** The certificate that `fedward site join` took, renewed by the coordinator while the site runs. */
export const hubPass: HubPass = {
  read: ({ files }) => readSiteIdentity(files),
  async renew({ files, config }, ask) {
    const { renewed } = await renewIfDue({ files, config, ask: (request) => ask(renewalKind, request) });
    return renewed;
  },
};
