import { availableParallelism } from 'node:os';
import { defineCommand, repeated, wholeNumber } from '@fedward/cli/command';
import type { WorkerFlags } from './worker-action.js';

/** `fedward worker`. */
export const workerCommand = defineCommand(
  'worker',
  'trains clients of a simulation that runs elsewhere (package @fedward/sim-nats)',
  (program) => {
    program
      .command('worker')
      .description('trains clients of a simulation that runs elsewhere, as `fedward simulate --nats URL`')
      .requiredOption('--nats <url>', 'the hub: tls://HOST:PORT, or nats://127.0.0.1:PORT on this machine')
      .option('--certificate <file>', 'PEM: who we are to the hub')
      .option('--key <file>', 'PEM: the private key of that certificate')
      .option('--authority <file>', "PEM: who vouches for the hub's certificate (default: the public authorities)")
      .option('--insecure', 'without TLS to another machine: whoever is on the network reads and writes along')
      .option(
        '--parallel <n>',
        'clients that train at once, each in a thread of its own',
        wholeNumber(1, 256),
        availableParallelism(),
      )
      .option('--data <dir>', 'the folder of data sets here, for scenarios that need one', process.env['FEDWARD_DATA'])
      .option('--plugin <package or file>', "plugins of a team's own, as the simulation has them; repeatable", repeated)
      .option('--once', 'end with the first run that it took part in')
      .option('--json', 'at the end one JSON document on stdout: { id, runs, jobs, clients }')
      .addHelpText('after', examples)
      .action(async (flags: WorkerFlags) => {
        const { workerAction } = await import('./worker-action.js');
        await workerAction(flags);
      });
  },
);

const examples = `
Ctrl-C: what was begun is ended first; again to stop at once.

Examples:
  fedward worker --nats nats://127.0.0.1:4222
  fedward worker --nats tls://hub.example.org:4222 --certificate worker.pem --key worker.key --authority ca.pem --parallel 8`;
