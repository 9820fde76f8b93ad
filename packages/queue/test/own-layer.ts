/**
 * The module of a model with a layer of its own, of which a worker learns only by its code.
 *
 * @param last options of its last layer
 */
export const ownLayerCode = (last: {
  readonly units: number;
  readonly activation?: string;
}) => `export default (tf) => {
  class Doubled extends tf.layers.Layer {
    static className = 'Doubled';
    call(inputs) {
      return tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, 2);
    }
  }
  return tf.sequential({
    name: 'own',
    layers: [
      tf.layers.dense({ units: 4, inputShape: [2], name: 'a' }),
      new Doubled({ name: 'b' }),
      tf.layers.dense(${JSON.stringify({ ...last, name: 'c' })}),
    ],
  });
}`;
