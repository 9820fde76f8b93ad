"""Loads files with Keras and prints the outputs of each model for its inputs: python predict.py cases.json"""

import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

outputs = []
for case in json.load(open(sys.argv[1])):
    try:
        model = keras.models.load_model(case["path"], compile=False)
        inputs = [np.array(each["values"], each["dtype"]).reshape(each["shape"]) for each in case["inputs"]]
        predicted = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
        predicted = predicted if isinstance(predicted, (list, tuple)) else [predicted]
        trained = [int(np.prod(w.shape)) for w in model.trainable_weights]
        outputs.append({"outputs": [np.array(each).ravel().tolist() for each in predicted], "trained": sum(trained), "name": model.name})
    except Exception as error:
        outputs.append({"error": f"{type(error).__name__}: {error}"})
json.dump({"version": keras.__version__, "results": outputs}, sys.stdout)
