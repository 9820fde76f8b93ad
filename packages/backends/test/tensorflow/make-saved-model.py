# Makes the folder saved-model beside it: y = x·w + b with weights from a checkpoint, and a greeting of strings.
# TensorFlow 2.21; python make-saved-model.py
import pathlib
import tensorflow as tf


class Model(tf.Module):
    def __init__(self):
        self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
        self.b = tf.Variable([10.0, 20.0])

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, 'x'), tf.TensorSpec([None], tf.string, 'name')])
    def serve(self, x, name):
        return {'y': x @ self.w + self.b, 'greeting': tf.strings.join(['hello, ', name])}


model = Model()
folder = pathlib.Path(__file__).parent / 'saved-model'
tf.saved_model.save(model, str(folder), signatures=model.serve)
