import { library } from '../../tsup.config.base.ts';

/** One entry a suite, as in the exports of package.json. */
export default library([
  'src/index.ts',
  'src/aggregator.ts',
  'src/privacy-mechanism.ts',
  'src/privacy-accountant.ts',
  'src/audit-sink.ts',
  'src/witness.ts',
  'src/local-trainer.ts',
  'src/transport.ts',
  'src/checkpoint-store.ts',
  'src/client-store.ts',
  'src/outbox.ts',
  'src/collector.ts',
  'src/compression.ts',
  'src/query.ts',
  'src/remote-client.ts',
  'src/site-ledger.ts',
  'src/site-strategy.ts',
  'src/wire-codec.ts',
  'src/reference.ts',
]);
