"""What compare.py and train.py share: tables, and the option that turns XLA off."""

import argparse

import numpy


def options(*tables):
    """Paths of tables, and what `compile` is told about XLA: left alone, Keras takes it wherever layers allow."""
    parser = argparse.ArgumentParser()
    for name in tables:
        parser.add_argument(name)
    parser.add_argument("--xla", action=argparse.BooleanOptionalAction, default=True)
    parsed = parser.parse_args()
    paths = [getattr(parsed, name) for name in tables]
    return paths, {"jit_compile": "auto" if parsed.xla else False}


def read(path, dtype):
    """Features, and the label, which is the last column."""
    rows = numpy.loadtxt(path, delimiter=",", skiprows=1, dtype=dtype)
    return rows[:, :-1], rows[:, -1:].astype(int)
