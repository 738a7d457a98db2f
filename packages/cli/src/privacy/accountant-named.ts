import type { AccountantFactory } from '@fedward/core';
import { InstalledPlugins } from '@fedward/sim-healthcare';

/** An installed accountant; no other is loaded. @throws {FedwardError} PLUGIN_UNKNOWN, naming all that there are */
export async function accountantNamed(name: string): Promise<AccountantFactory> {
  const option = '--accountant';
  const installed = await InstalledPlugins.load([], name);
  return installed.get('accountant', name, option).create({}, option);
}
