"""A tutorial's comparison of four learning rates: `compare.py TRAIN VAL [--no-xla]`.

Prints, as JSON, the seconds from the tables in memory to the histories, and the last losses and accuracies of each rate.
"""

import json
import time

import keras
import tutorial

RATES = [0.1, 0.01, 0.001, 0.0001]

(train, val), how = tutorial.options("train", "val")
x_train, y_train = tutorial.read(train, "float64")
x_val, y_val = tutorial.read(val, "float64")

start = time.perf_counter()
histories = {}
for rate in RATES:
    model = keras.Sequential(
        [
            keras.layers.Input((x_train.shape[1],)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=rate), loss="binary_crossentropy", metrics=["accuracy"], **how
    )
    history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=10, verbose=0)
    histories[rate] = history.history
seconds = time.perf_counter() - start

last = [{"rate": rate, **{name: values[-1] for name, values in history.items()}} for rate, history in histories.items()]
print(json.dumps({"seconds": seconds, "last": last}))
