import { InputError, isObject } from '@lrfind/core';
import { checkDocument } from '@lrfind/core/options';
import * as Type from 'typebox';
import type { TrainingConfig } from '../format.js';

const missing = Type.Union([Type.Object({}), Type.Null()], { allowed: 'an object or null' });

/** The parts of a model.json that are read. */
const ModelJson = Type.Object({
  format: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  modelTopology: Type.Optional(missing),
  trainingConfig: Type.Optional(missing),
});

/** A model.json, taken apart; only the frame has been checked. */
export interface ModelDocument {
  /** A model: `class_name` and `config`. */
  readonly model: unknown;
  /** Everything about the layers, the version of Keras among it. */
  readonly topology: Readonly<Record<string, unknown>>;
  readonly trainingConfig: TrainingConfig | null;
  readonly weightsManifest: unknown;
}

/**
 * Takes a model.json apart.
 *
 * @param source what messages call the file
 * @param json the parsed document
 * @throws InputError for a document that is not a layers model
 */
export function modelDocument(source: string, json: unknown): ModelDocument {
  if (!isObject(json)) {
    const got = json === null ? 'null' : Array.isArray(json) ? 'a list' : typeof json;
    throw new InputError(`${source} is not a layers model: it must be an object; got ${got}`);
  }
  const document: Readonly<Record<string, unknown>> = json;
  checkDocument(ModelJson, json, source);
  const { trainingConfig, format } = json;
  const within = json.modelTopology as Readonly<Record<string, unknown>> | null | undefined;
  if (format === 'graph-model' || within?.node) {
    throw new InputError(
      `${source} is a graph model, which cannot be trained; convert with --output_format=tfjs_layers_model`,
    );
  }
  if ((document.weightSpecs ?? document.weightData) != null && document.weightsManifest == null)
    throw new InputError(
      `${source} must have a weightsManifest, which names the files of its weights; it has weightSpecs or weightData instead, as a handler of model.save gets them: save it with model.save('file://folder'), or leave them out for new weights`,
    );
  // model.to_json() of Keras is the bare topology.
  const topology = within ?? document;
  const model = topology.model_config ?? topology;
  if (!isObject(model) || typeof model.class_name !== 'string' || typeof model.config !== 'object') {
    throw new InputError(`${source} is not a layers model: it has no modelTopology with class_name and config`);
  }
  const compiled = trainingConfig ?? topology.training_config;
  return {
    model,
    topology,
    trainingConfig: isObject(compiled) ? compiled : null,
    weightsManifest: document.weightsManifest,
  };
}
