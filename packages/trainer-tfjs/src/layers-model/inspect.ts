import type { layers, LayersModel } from '@tensorflow/tfjs-layers';

export type Layer = layers.Layer;

/** What layers have in common with each other beyond the types of tfjs-layers, where they are protected there. */
export interface LayerDetails {
  readonly layers?: readonly Layer[];
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
}

/** The layers of a model, those of models within it in the place of these. */
export function flatLayers(model: LayersModel): Layer[] {
  return model.layers.flatMap((layer) => (isModel(layer) ? flatLayers(layer) : [layer]));
}

/** Like `flatLayers`, and what is inside of wrappers such as Bidirectional too. */
export function allLayers(model: LayersModel): Layer[] {
  const within = (layer: Layer): Layer[] => {
    const { layer: wrapped, forwardLayer, backwardLayer } = layer as unknown as LayerDetails;
    return [layer, ...[wrapped, forwardLayer, backwardLayer].flatMap((inner) => (inner ? within(inner) : []))];
  };
  return flatLayers(model).flatMap(within);
}

function isModel(layer: Layer): layer is Layer & LayersModel {
  return Array.isArray((layer as unknown as LayerDetails).layers);
}
