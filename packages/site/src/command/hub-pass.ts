import { readTextIfThere } from '@fedward/kit-files';
import { FedwardError } from '@fedward/core';
import type { HubPass } from '../daemon/index.js';

/** The certificate that `fedward site join` took, with its key and the authority: PEM files. */
export const hubPass: HubPass = {
  async read({ files }) {
    const [certificate, key, authority] = await Promise.all(
      [files.certificate, files.tlsKey, files.authority].map((path) => readTextIfThere(path)),
    );
    if (certificate !== undefined && key !== undefined && authority !== undefined)
      return { certificate, key, authority };
    throw new FedwardError(
      'CONFIG_INVALID',
      `the site in ${files.folder} is no member yet: when the coordinator has approved it, fedward site join FILE takes its welcome`,
      files.certificate,
    );
  },
};
