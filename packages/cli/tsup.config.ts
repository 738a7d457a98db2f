import { library } from '../../tsup.config.base.ts';

/** One entry a subpath, as in the exports of package.json. The command itself is bundled: tsup.command.config.ts. */
export default library({ index: 'src/index.ts', command: 'src/command/index.ts' });
