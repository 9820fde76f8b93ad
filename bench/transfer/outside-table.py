"""How the best rate of the outside table's networks follows batch size, width and depth: the exponents of each data set, and how they
scatter between networks. The trainings have a fixed number of epochs, so that twice the batch size is half the steps.

  python bench/transfer/outside-table.py
"""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'outside-table'))
from cells import BATCHES, DEPTHS, DRAWN_ALPHAS, LEAST_SPREAD, LOG_RATES, WIDTHS, table_of
from sets import SOURCES


def best_log_rates(means):
    """Where the parabola through the highest score and its neighbours is highest; NaN at an end of the rates. `means`: …, rates."""
    top = means.argmax(-1)
    at = np.clip(top, 1, len(LOG_RATES) - 2)
    y0, y1, y2 = (np.take_along_axis(means, (at + d)[..., None], -1)[..., 0] for d in (-1, 0, 1))
    with np.errstate(all='ignore'):
        found = LOG_RATES[at] + (LOG_RATES[1] - LOG_RATES[0]) / 2 * (y0 - y2) / (y0 - 2 * y1 + y2)
    return np.where(at == top, found, np.nan)


def slopes(best, axis, xs):
    """Slope of each line along an axis, where at least half of its points are known."""
    lines = np.moveaxis(best, axis, -1).reshape(-1, len(xs))
    known = np.isfinite(lines)
    found = []
    for line, ok in zip(lines, known):
        if ok.sum() >= max(2, len(xs) // 2):
            found.append(np.polyfit(xs[ok], line[ok], 1)[0])
    return np.array(found)


def main():
    axes = {'batch': (0, np.log10(BATCHES)), 'layers': (1, np.array(DEPTHS) - 1.0), 'width': (2, np.log10(WIDTHS))}
    every = {name: [] for name in axes}
    print('| data set | batch | width | layer, decades |\n| --- | --- | --- | --- |')
    for name in SOURCES:
        # The penalties hardly move the best rate: their mean lowers the noise of a network's score.
        means = np.moveaxis(table_of(name), 3, 4)[:DRAWN_ALPHAS].mean((0, -1))
        best = np.where(means.max(-1) - means.min(-1) >= LEAST_SPREAD, best_log_rates(means), np.nan)
        own = {}
        for quantity, (axis, xs) in axes.items():
            found = slopes(best, axis, xs)
            every[quantity].append(found)
            own[quantity] = f'{np.mean(found):+.2f} ± {np.std(found):.2f}'
        print(f'| {name} | {own["batch"]} | {own["width"]} | {own["layers"]} |')
    print('| all | ' + ' | '.join(
        f'{np.mean([each.mean() for each in every[q]]):+.2f}; between data sets ± {np.std([each.mean() for each in every[q]], ddof=1):.2f}, '
        f'between networks ± {np.std(np.concatenate(every[q])):.2f}' for q in ('batch', 'width', 'layers')) + ' |')


if __name__ == '__main__':
    main()
