import { proposeRun, resumeSimulation, simulate } from '@fedward/sim-healthcare';
import { adviceAfter } from './advice.js';
import { namingOption } from '../options/naming-option.js';
import { passphraseOnce } from '../keys/passphrase.js';
import { note, printJson, printLine } from '../terminal/output.js';
import { folderToResume, optionsOf, pluginsNamed, type Flags } from './simulate-options.js';
import { sitesOverNats } from './sites-over-nats.js';
import { createReporter } from './simulate-report.js';

/** @param given options as written on the command line */
export async function simulateAction(flags: Flags, given: readonly string[]): Promise<void> {
  const { json, out, resume, propose } = flags;
  const passphrase = passphraseOnce('in --keys', flags.passphraseFile);
  const stop = new AbortController();
  const reporter = await createReporter();
  const interrupt = (): void => {
    note('');
    note('stopping after the step under way; Ctrl-C again to stop at once');
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const hooks = { ...reporter.hooks, signal: stop.signal };
    if (propose !== undefined && !resume) {
      const { file, digest, proposal } = await proposeRun(await optionsOf(flags), propose, hooks);
      reporter.stop();
      if (json) return printJson({ file, digest, proposal });
      printLine(`proposed ${proposal.name}: ${file}`);
      printLine(`proposal ${digest}`);
      return printLine(
        `to read and sign it: fedward plan show ${file}; fedward plan approve ${file} --key FILE --meaning TEXT`,
      );
    }
    const elsewhere = await sitesOverNats(flags);
    const result = resume
      ? await resumeSimulation(folderToResume(flags, given), hooks, {
          ...flags,
          passphrase,
          plugins: await pluginsNamed(flags),
          elsewhere,
        })
      : await simulate({ ...(await optionsOf(flags)), passphrase, elsewhere }, out, hooks);
    reporter.stop();
    if (json) return printJson(result);
    const { conclude } = await import('./conclusion.js');
    conclude(result);
  } catch (error) {
    reporter.stop();
    if (reporter.started) note(adviceAfter(error, reporter.started));
    throw namingOption(error, given, flags.set);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
