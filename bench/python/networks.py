"""The networks of bench/networks.js in Keras, with their batches."""

from keras import Sequential, layers


def dense(*widths):
    hidden = [layers.Dense(units, activation="relu") for units in widths]
    return [*hidden, layers.Dense(10, activation="softmax")]


def conv(filters):
    return [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D(2)]


# Rows in a batch, shape of a row, layers.
NETWORKS = {
    "mlp": (128, (784,), lambda: dense(128, 64)),
    "small": (32, (20,), lambda: dense(64)),
    "cnn": (128, (28, 28, 1), lambda: [*conv(32), *conv(64), layers.Flatten(), *dense(64)]),
    "lstm": (32, (20, 16), lambda: [layers.LSTM(32), *dense()]),
}


def model(name):
    _, shape, made = NETWORKS[name]
    return Sequential([layers.Input(shape), *made()])
