import { library } from '../../tsup.config.base.ts';

/** One entry a subpath, as in the exports of package.json. */
export default library({
  index: 'src/index.ts',
  accounting: 'src/accounting/index.ts',
  ledger: 'src/ledger/index.ts',
  canaries: 'src/canaries/index.ts',
});
