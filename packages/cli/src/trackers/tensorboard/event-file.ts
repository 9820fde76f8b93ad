import { maskedCrc32c } from './crc32c.js';
import { type Bytes, bytes, double, float, joined, message, text, wholeNumber } from './protobuf.js';

/** What an event says at a step: a value of a summary, as `scalar`, `image`, `textValue` and the plugins make it. */
export interface StepEvent {
  /** In seconds since 1970. */
  readonly time: number;
  readonly step: number;
  readonly value: Bytes;
}

/**
 * An event file of TensorBoard: its version, then one event after the other, each as a record of TensorFlow: length, checksum,
 * message `Event`, checksum.
 *
 * @param created in seconds since 1970
 */
export function eventFile(created: number, events: readonly StepEvent[]): Uint8Array {
  return joined(
    record(joined(double(EVENT.wallTime, created), text(EVENT.fileVersion, 'brain.Event:2'))),
    ...events.map(({ time, step, value }) =>
      record(joined(double(EVENT.wallTime, time), wholeNumber(EVENT.step, step), message(EVENT.summary, value))),
    ),
  );
}

/** A number of a series. */
export function scalar(tag: string, value: number): Bytes {
  return message(SUMMARY.value, text(VALUE.tag, tag), float(VALUE.simpleValue, value));
}

/** A picture. The size of a PNG is in its header. */
export function image(tag: string, png: Uint8Array): Bytes {
  const header = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  return message(
    SUMMARY.value,
    text(VALUE.tag, tag),
    message(
      VALUE.image,
      wholeNumber(IMAGE.height, header.readUInt32BE(20)),
      wholeNumber(IMAGE.width, header.readUInt32BE(16)),
      wholeNumber(IMAGE.colorspace, RGB),
      bytes(IMAGE.encoded, png),
    ),
  );
}

/** A text in Markdown. */
export function markdown(tag: string, content: string): Bytes {
  return message(
    SUMMARY.value,
    text(VALUE.tag, tag),
    pluginData('text', new Uint8Array()),
    message(
      VALUE.tensor,
      wholeNumber(TENSOR.dtype, DT_STRING),
      message(TENSOR.shape, message(SHAPE.dim, wholeNumber(DIM.size, 1))),
      text(TENSOR.stringValue, content),
    ),
  );
}

/** What a plugin keeps for a tag, beside an empty tensor. */
export function pluginValue(tag: string, plugin: string, content: Bytes): Bytes {
  return message(
    SUMMARY.value,
    text(VALUE.tag, tag),
    pluginData(plugin, content),
    message(VALUE.tensor, wholeNumber(TENSOR.dtype, DT_FLOAT), message(TENSOR.shape), float(TENSOR.floatValue, 0)),
  );
}

function pluginData(plugin: string, content: Bytes): Bytes {
  return message(VALUE.metadata, message(METADATA.plugin, text(PLUGIN.name, plugin), bytes(PLUGIN.content, content)));
}

function record(data: Bytes): Bytes {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length));
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
  const foot = Buffer.alloc(4);
  foot.writeUInt32LE(maskedCrc32c(data));
  return joined(head, data, foot);
}

// Field numbers of the messages of `event.proto`, `summary.proto`, `tensor.proto` and `tensor_shape.proto`.
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
const SUMMARY = { value: 1 };
const VALUE = { tag: 1, simpleValue: 2, image: 4, tensor: 8, metadata: 9 };
const IMAGE = { height: 1, width: 2, colorspace: 3, encoded: 4 };
const METADATA = { plugin: 1 };
const PLUGIN = { name: 1, content: 2 };
const TENSOR = { dtype: 1, shape: 2, floatValue: 5, stringValue: 8 };
const SHAPE = { dim: 2 };
const DIM = { size: 1 };
// Values of the enumeration `DataType`, and of the colour space of an image.
const [DT_FLOAT, DT_STRING] = [1, 7];
const RGB = 3;
