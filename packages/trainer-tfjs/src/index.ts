export { selectBackend, type BackendName, type SelectedBackend } from './backend.js';
export { tfjsTrainer, type TfjsTrainerOptions } from './trainer.js';
export { plugins } from './plugins.js';
export {
  clippedSum,
  perExampleGradients,
  type ClippedSum,
  type PerExampleGradients,
  type PerExampleOptions,
} from './per-example.js';
export { layersModelTrainer, type LayersModelTrainerOptions } from './layers-model/trainer.js';
export { parametersOf, setParameters } from './layers-model/weights.js';
export { registerLayers, saveLayersModel, toLayersModel } from './layers-model/export.js';
export { fromLayersModel, readLayersModel, type SpecWithParameters } from './layers-model/import.js';
