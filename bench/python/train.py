"""A tutorial's MNIST program: `train.py TRAIN TEST [--no-xla]`.

Prints, as JSON, the seconds of `fit`, in which Keras traces and compiles, and the test loss and accuracy.
"""

import json
import time

import keras
import tutorial
from keras import layers

(train, test), how = tutorial.options("train", "test")
x_train, y_train = tutorial.read(train, "float32")
x_test, y_test = tutorial.read(test, "float32")
y_train, y_test = (keras.utils.to_categorical(labels, 10) for labels in (y_train, y_test))

schedule = keras.optimizers.schedules.PiecewiseConstantDecay([1000, 2000, 3000], [0.0003, 0.001, 0.0005, 0.0001])
model = keras.Sequential(
    [
        layers.Input((784,)),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(schedule), loss="categorical_crossentropy", metrics=["accuracy"], **how
)
start = time.perf_counter()
model.fit(x_train, y_train, epochs=10, batch_size=128, validation_split=0.1, verbose=0)
seconds = time.perf_counter() - start

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(json.dumps({"seconds": seconds, "test": {"loss": loss, "accuracy": accuracy}}))
