export { type TrainableLayer, untrainableLayers } from './trainable.js';
export { type BackendChoice, BackendError, type BackendInfo, backendChoices, useBackend } from './use-backend.js';
