import type { Command } from 'commander';
import { Option } from 'commander';
import type { CardFormat } from './card-action.js';

const formats: readonly CardFormat[] = ['md', 'html', 'json', 'tripod'];

/** `fedward model card MODEL [--format md|html|json|tripod]`. */
export function addCardCommand(model: Command): void {
  model
    .command('card')
    .argument('<model>', "a run's folder, or the model file in it")
    .description(
      'the model card of a run (what it is, what it is meant for, its figures with intervals, what it cost in privacy, ' +
        'caveats), or its TRIPOD+AI sheet, filled as far as the run knows',
    )
    .addOption(new Option('--format <format>', 'how it is written').choices(formats).default('md'))
    .action(async (path: string, options: { format: CardFormat }) => {
      const { cardAction } = await import('./card-action.js');
      await cardAction(path, options.format);
    });
}
