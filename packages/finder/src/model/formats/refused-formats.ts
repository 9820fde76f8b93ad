import { InputError } from '@lrfind/core';
import { isSafetensors } from './safetensors/read.js';

/** A format that is often given as a model and cannot be one, and what to do instead. */
interface RefusedFormat {
  /** In words, with an article. */
  readonly what: string;
  readonly instead: string;
  readonly extensions?: readonly string[];
  /** Whether the first bytes show it. */
  readonly matches?: (head: Uint8Array) => boolean;
}

/** How many of a file's first bytes are looked at. */
const HEAD_BYTES = 256;

/** Whether some bytes begin with others; null stands for any. */
function begins(head: Uint8Array, ...pattern: readonly (number | null)[]): boolean {
  return head.length >= pattern.length && pattern.every((each, i) => each === null || each === head[i]);
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Whether the first bytes are those of a zip file of PyTorch's, which has a folder with data.pkl first. */
export function isTorchZip(head: Uint8Array): boolean {
  const start = head.subarray(0, HEAD_BYTES);
  return begins(start, 0x50, 0x4b, 3, 4) && /\/(data\.pkl|version|\.format_version|byteorder)/.test(textOf(start));
}

/** A message of protocol buffers whose first field is a small number and whose second is text or a message. */
const isMessage = (head: Uint8Array) => begins(head, 0x08, null, 0x12, null) && (head[1] as number) <= 32;

/** The second field of ONNX is a name, of a SavedModel a graph with what it is for, whose first field is a message. */
const isName = (head: Uint8Array) => /^[\w. -]{3}/.test(textOf(head.subarray(4, 7)));

const saveAsKeras = 'load it in Keras and save it with model.save("model.keras")';

/** In the order in which they are recognised: by content first, then by the ending of the name. */
const refusedFormats: readonly RefusedFormat[] = [
  {
    what: 'a PyTorch file, which holds weights and no layers that can be built',
    instead:
      'build the same model in code (--model build.js) or in Keras, and save the weights as safetensors under the names of its layers',
    extensions: ['.pt', '.pth', '.ckpt'],
    // Older files are a pickle that begins with PyTorch's number.
    matches: (head) => isTorchZip(head) || begins(head, 0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc),
  },
  {
    what: "a pickle of Python's, which can be read only by running it",
    instead: 'a model of Keras is saved with model.save("model.keras"); models of scikit-learn have no layers to train',
    extensions: ['.pkl', '.pickle', '.joblib'],
    matches: (head) => begins(head, 0x80) && (head[1] as number) >= 2 && (head[1] as number) <= 5,
  },
  {
    what: 'a TensorFlow Lite model, made for inference alone',
    instead: 'give the Keras model that it was converted from',
    extensions: ['.tflite', '.lite'],
    matches: (head) => textOf(head.subarray(4, 8)) === 'TFL3',
  },
  {
    what: 'an ONNX model, a graph made for inference: it names no layers, initialisers or losses to train with',
    instead: 'give the model that it was exported from, as .keras, or build it in code (--model build.js)',
    extensions: ['.onnx', '.ort'],
    // The version, then the name of the program that wrote it, or the graph.
    matches: (head) =>
      (isMessage(head) && isName(head)) || (begins(head, 0x08, null, 0x3a) && (head[1] as number) <= 32),
  },
  {
    what: 'a TensorFlow SavedModel or frozen graph',
    instead: `${saveAsKeras}; tf_keras loads those of Keras 2`,
    extensions: ['.pb', '.pbtxt', '.meta', '.index'],
    matches: (head) => isMessage(head) && head[1] === 1 && !isName(head),
  },
  {
    what: 'a safetensors file, which holds weights without their model',
    instead: "give the model's JSON or code as --model, and this file as --weights",
    extensions: ['.safetensors'],
    matches: isSafetensors,
  },
  {
    what: 'a GGUF file, made for inference alone',
    instead: saveAsKeras,
    extensions: ['.gguf'],
    matches: (head) => textOf(head.subarray(0, 4)) === 'GGUF',
  },
  {
    what: 'a Core ML or OpenVINO model, made for inference alone',
    instead: 'give the Keras model that it was converted from',
    extensions: ['.mlmodel', '.mlpackage', '.xml'],
  },
  {
    what: 'code in Python',
    instead:
      'run it and save the model with model.save("model.keras"), or build the model in JavaScript (--model build.js)',
    extensions: ['.py', '.ipynb'],
  },
  {
    what: 'a file of weights without their model',
    instead: 'name the model.json next to it',
    extensions: ['.bin'],
  },
];

/**
 * Refuses a file of a format that cannot be a model here.
 *
 * @param name of the file
 * @param bytes at least its first 256, if it has so many
 * @param isKnown whether its content is that of a format which is read, so that the ending of its name does not count
 * @throws InputError that says what the file is and what to do
 */
export function refuseFormats(name: string, bytes: Uint8Array, isKnown: boolean): void {
  const head = bytes.subarray(0, HEAD_BYTES);
  const lower = name.toLowerCase();
  const isText = /^(\u00ef\u00bb\u00bf)?\s*[{[]/.test(textOf(head));
  const byContent = isText || isKnown ? undefined : refusedFormats.find(({ matches }) => matches?.(head));
  // JSON under a wrong name is read as what it is.
  const found =
    byContent ??
    refusedFormats.find(
      ({ extensions }) =>
        !isKnown && (!isText || lower.endsWith('.ipynb')) && extensions?.some((each) => lower.endsWith(each)),
    );
  if (found) throw new InputError(`${name} is ${found.what}: ${found.instead}`);
}
