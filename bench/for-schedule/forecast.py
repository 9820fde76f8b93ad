"""Forecasts the end of whole trainings from two pilots with the multi-power law (arXiv 2503.12811), and counts how often that holds.

    python bench/for-schedule/forecast.py TRUTH PILOTS

The law: loss(t) = L0 + A (S(t) + W)^-a - B sum_k d_k (1 - (C eta_k^-g S_k(t) + 1)^-b), where S is the sum of the rates so far, W that of the
warm-up (0 here), d_k the fall of the rate at step k and S_k the sum since then. It is fitted to the held-out losses of a constant rate and of a
cosine, the mean over three seeds. The 80 % interval has the width that covers 80 % of the errors on the tasks for making, in descents.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

truth_folder, pilots_folder = map(Path, sys.argv[1:3])
SCHEDULES = ("constant", "cosine", "one-cycle")


def rates(schedule, peak, steps):
    t = np.arange(steps)
    if schedule == "constant":
        return np.full(steps, peak)
    if schedule == "cosine":
        return peak * (1 + np.cos(np.pi * t / steps)) / 2
    top, last = 0.3 * steps - 1, steps - 1
    up = peak + (peak / 25 - peak) / 2 * (1 + np.cos(np.pi * t / top))
    low = peak / 25 / 1e4
    down = low + (peak - low) / 2 * (1 + np.cos(np.pi * (t - top) / (last - top)))
    return np.where(t <= top, up, down)


def law(parameters, eta, at):
    l0, a_size, a, b_size, c, b, g = np.exp(parameters)
    total = np.cumsum(eta)
    falls = np.maximum(0, -np.diff(eta, prepend=eta[0]))
    ks = np.nonzero(falls)[0]
    at = np.asarray(at)
    s = total[at - 1]
    values = l0 + a_size * s**-a
    if len(ks):
        since = np.maximum(s[:, None] - total[ks] + eta[ks], 0)
        gained = falls[ks] * (1 - (c * np.maximum(eta[ks], 1e-12) ** -g * since + 1) ** -b)
        values = values - b_size * np.where(ks < at[:, None], gained, 0).sum(axis=1)
    return values


def fitted(curves, peak):
    least = min(np.min(losses) for _, _, _, losses in curves)
    first = max(losses[0] for _, _, _, losses in curves)

    def residuals(parameters):
        parts = []
        for _, eta, at, losses in curves:
            modelled = law(parameters, eta, at)
            parts.append(np.log(np.maximum(modelled, 1e-3 * least)) - np.log(losses))
        return np.nan_to_num(np.concatenate(parts), nan=1e3, posinf=1e3, neginf=-1e3)

    best = None
    for l0 in (0.9, 0.5):
        for a in (0.3, 1.0):
            start = np.log([l0 * least, (first - l0 * least) * (10 * peak) ** a, a, 0.3 * (first - least) / peak, 1, 0.5, 0.5])
            found = least_squares(residuals, start, loss="huber", f_scale=0.02, max_nfev=80)
            if best is None or found.cost < best.cost:
                best = found
    return best.x


cases = []
for path in sorted(pilots_folder.glob("*.json")):
    pilots = json.loads(path.read_text())
    record = json.loads((truth_folder / path.name).read_text())
    ends = {schedule: dict(map(tuple, record["losses"][schedule])) for schedule in SCHEDULES}
    for peak in sorted({curve["rate"] for curve in pilots["curves"]}):
        curves = []
        for curve in pilots["curves"]:
            if curve["rate"] != peak or any(loss is None for seed in curve["losses"] for loss in seed):
                continue
            losses = np.mean(np.array(curve["losses"], dtype=float), axis=0)
            curves.append((curve["schedule"], rates(curve["schedule"], peak, pilots["steps"]), curve["at"], losses))
        if len(curves) < 2:
            continue
        parameters = fitted(curves, peak)
        descent = record["start"] - min(loss for _, loss in record["losses"]["cosine"] if loss is not None)
        pilot_end = {schedule: losses[-1] for schedule, _, _, losses in curves}
        steps = record["steps"]
        forecast = {s: float(law(parameters, rates(s, peak, steps), [steps])[0]) for s in SCHEDULES}
        cases.append({
            "number": record["number"], "split": record["split"], "peak": peak,
            "errors": {s: (forecast[s] - ends[s][peak]) / descent for s in SCHEDULES},
            "pilot errors": {s: (pilot_end[s] - ends[s][peak]) / descent for s in pilot_end},
            "forecast": forecast, "ends": {s: ends[s][peak] for s in SCHEDULES},
        })

making = [abs(e) for case in cases if case["split"] == "making" for e in case["errors"].values()]
judging = [case for case in cases if case["split"] == "judging"]
width = float(np.quantile(making, 0.8))
errors = [abs(e) for case in judging for e in case["errors"].values()]
print(f"{len(making)} forecasts for making, on {len({c['number'] for c in cases if c['split'] == 'making'})} tasks: median error {np.median(making):.3f} descents; the 80 % interval is +-{width:.3f}")
print(f"{len(errors)} forecasts for judging, on {len({c['number'] for c in judging})} tasks: median error {np.median(errors):.3f}, mean {np.mean(errors):.3f}, worst {max(errors):.2f}; the interval covers {np.mean(np.array(errors) <= width):.0%}")
baseline = [abs(e) for case in judging for e in case["pilot errors"].values()]
same = [abs(case["errors"][s]) for case in judging for s in case["pilot errors"]]
print(f"the end of the pilot itself as the forecast, constant and cosine: median {np.median(baseline):.3f}, mean {np.mean(baseline):.3f}; the law there: median {np.median(same):.3f}, mean {np.mean(same):.3f}")
pairs = [(case["forecast"][a] - case["forecast"][b]) * (case["ends"][a] - case["ends"][b]) > 0 for case in judging for i, a in enumerate(SCHEDULES) for b in SCHEDULES[i + 1:]]
first = [min(SCHEDULES, key=case["forecast"].get) == min(SCHEDULES, key=case["ends"].get) for case in judging]
print(f"pairs of schedules in the right order: {np.mean(pairs):.0%} of {len(pairs)} (chance 50 %); the best of three named: {np.mean(first):.0%} of {len(first)} (chance 33 %)")
