import { Option, type Command } from 'commander';
import type { ExportFlags, ExportFormat } from './export-action.js';

const formats: readonly ExportFormat[] = ['onnx', 'tfjs', 'safetensors', 'keras-json'];

/** `fedward model export MODEL`. */
export function addExportCommand(model: Command): void {
  model
    .command('export')
    .argument('<model>', "a run's folder, or the file of a model")
    .description(
      'a trained model for other software: ONNX takes raw columns, preprocessing inside the graph; tfjs and keras-json hold ' +
        'the network, and preprocessing.json beside it; safetensors is the bundle itself',
    )
    .addOption(new Option('--format <name>', 'what to write').choices(formats).makeOptionMandatory())
    .requiredOption('--out <path>', 'a file (onnx, safetensors), or a folder (tfjs, keras-json)')
    .option('--hospital <name>', 'whose preprocessing goes into the graph, where each hospital fitted its own (onnx)')
    .option('--json', 'one JSON document on stdout')
    .action(async (path: string, flags: ExportFlags) => {
      const { exportAction } = await import('./export-action.js');
      await exportAction(path, flags);
    });
}
