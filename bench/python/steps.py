"""Times training steps with Adam on one batch: `steps.py WAY NETWORK`.

Says "ready" after the steps that trace and compile; then, for each line of the standard input with a number of seconds,
prints the milliseconds of every step it makes in that time, as JSON.
"""

import json
import sys
import time

import keras
import networks
import numpy
import tensorflow as tf


def train_on_batch(model, x, y, xla):
    # Left alone, Keras takes XLA for every model whose layers can be compiled so.
    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", jit_compile="auto" if xla else False)
    return lambda: float(model.train_on_batch(x, y))


def function(model, x, y, xla):
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.CategoricalCrossentropy()

    @tf.function(jit_compile=xla)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    x, y = tf.constant(x), tf.constant(y)
    return lambda: float(step(x, y))


WAYS = {
    "keras": (train_on_batch, True),
    "keras-executor": (train_on_batch, False),
    "function": (function, False),
    "function-xla": (function, True),
}


def main(way, name):
    rows, shape, _ = networks.NETWORKS[name]
    draw = numpy.random.default_rng(1)
    x = draw.random((rows, *shape), dtype="float32")
    y = numpy.eye(10, dtype="float32")[draw.integers(0, 10, rows)]
    make, xla = WAYS[way]
    step = make(networks.model(name), x, y, xla)
    begin = time.perf_counter()
    for i in range(200):
        if i >= 20 and time.perf_counter() - begin > 3:
            break
        step()
    print("ready", flush=True)
    for line in sys.stdin:
        end = time.perf_counter() + float(line)
        times = []
        while time.perf_counter() < end or len(times) < 5:
            start = time.perf_counter()
            step()
            times.append(1000 * (time.perf_counter() - start))
        print(json.dumps(times), flush=True)


main(*sys.argv[1:])
