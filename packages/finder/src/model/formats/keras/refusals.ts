import { InputError, isObject } from '@lrfind/core';
import { kerasLayer } from '../../layers/translate-keras-layer.js';
import { isModelClass } from '../tfjs/topology.js';
import { entryTitle, innerEntries, isModel, type KerasEntry } from './entry.js';

/**
 * Refuses what no reader can build, or train, from a file: code, strings, classes of the user's own, quantised weights.
 *
 * @param model the whole model
 * @param isRegistered whether the caller has registered a class of layers by that name in TensorFlow.js
 * @throws InputError naming the layer and its class, with what to do
 */
export function refuseUnreadable(model: KerasEntry, isRegistered: (className: string) => boolean): void {
  if (!isModel(model))
    throw new InputError(
      Array.isArray(model.config.layers)
        ? `${entryTitle(model)} is a model of the user's own class ${registeredName(model)}, whose code is not in the file: save keras.Model(model.inputs, model.outputs) in its place`
        : `${entryTitle(model)} is a model of the class ${registeredName(model)}, and its file does not hold what it computes: build it as a Sequential or functional model and save that, or write it in JavaScript`,
    );
  // The loop also visits what is added meanwhile.
  const entries = [model, ...innerEntries(model)];
  for (const entry of entries) if (entry !== model) entries.push(...innerEntries(entry));
  // A layer of text says more than the input of strings before it.
  const problems = [...entries.filter(({ class_name: name }) => TEXT_LAYERS.includes(name)), ...entries].map((entry) =>
    problemOf(entry, isRegistered),
  );
  const [problem] = problems.filter((each) => each !== undefined);
  if (problem) throw new InputError(problem);
}

const CODE_LAYERS: readonly string[] = ['Lambda', 'TorchModuleWrapper', 'TFSMLayer', 'JaxLayer', 'FlaxLayer'];
const TEXT_LAYERS: readonly string[] = ['StringLookup', 'TextVectorization'];

function problemOf(entry: KerasEntry, isRegistered: (className: string) => boolean): string | undefined {
  const { class_name: name, config } = entry;
  const title = entryTitle(entry);
  if (CODE_LAYERS.includes(name))
    return `${title} holds Python code, which only Python can run: replace it by layers of Keras (such as Rescaling, Activation or Reshape) or by operations such as x * 2, and save the model again`;
  if (TEXT_LAYERS.includes(name))
    return `${title} works on strings, which TensorFlow.js has no tensors for: turn the text into numbers before the model, and save the model from the layer behind on${name === 'TextVectorization' ? '; a text column becomes ids as this layer makes them, where the model begins with the Embedding' : ''}`;
  if (isOwnClass(entry) && (kerasLayer(name) || isModelClass(name)))
    return `${title} is of the user's own class ${registeredName(entry)}, which has the name of one of Keras's and other code, which is not in the file: use a layer of Keras, or give the class a name of its own`;
  if (isOwnClass(entry) && !isRegistered(name))
    return `${title} is of the user's own class ${registeredName(entry)}, whose code is not in the file: use a layer of Keras, or register a class of the same name with tf.serialization.registerClass`;
  const policy = quantisedPolicy(config);
  if (policy)
    return `${title} is quantised (${policy}), and whole numbers cannot be trained: save the model before quantize()`;
  if (name !== 'InputLayer') return undefined;
  if (dtypeName(config.dtype) === 'string')
    return `${title} takes strings, which TensorFlow.js has no tensors for: turn the text into numbers before the model`;
  const kind = ['sparse', 'ragged'].find((each) => config[each] === true);
  if (kind) return `${title} takes ${kind} tensors, which TensorFlow.js does not have: make the input dense`;
  return undefined;
}

/** Whether a class is none of Keras's. */
function isOwnClass({ module, registered_name: registered }: KerasEntry): boolean {
  if (typeof registered === 'string' && registered.includes('>') && !/^(Builtins|keras)/i.test(registered)) return true;
  return typeof module === 'string' && !/^(keras|tf_keras|tensorflow)(\.|$)|^builtins$/.test(module);
}

function registeredName({ registered_name: name, class_name }: KerasEntry): string {
  return typeof name === 'string' ? name : class_name;
}

function quantisedPolicy({ dtype, quantization_config: quantization }: KerasEntry['config']): string | undefined {
  const name = dtypeName(dtype);
  if (name !== undefined && /int4|int8|float8|gptq|awq/.test(name)) return name;
  const mode = isObject(dtype) && isObject(dtype.config) ? dtype.config.mode : undefined;
  if (typeof mode === 'string') return mode;
  return isObject(quantization) ? String(quantization.class_name ?? 'quantization_config') : undefined;
}

/** The name of a data type or of a policy; undefined where there is none. */
export function dtypeName(dtype: unknown): string | undefined {
  if (typeof dtype === 'string') return dtype;
  if (!isObject(dtype) || !isObject(dtype.config)) return undefined;
  return typeof dtype.config.name === 'string' ? dtype.config.name : undefined;
}
