"""One range test of 100 steps by another finder, in a process of its own: `sweeps.py PEER`.

Prints, as JSON, the seconds from a ready model and table to the losses, whatever is traced and compiled on the way
included, and the losses. Nobody stops early, and everybody's batches are shuffled.
"""

import json
import sys
import time

import numpy

ROWS, WIDTH, CLASSES, BATCH, STEPS = 4096, 784, 10, 128, 100
FIRST, LAST = 1e-6, 1e-2


def table():
    draw = numpy.random.default_rng(1)
    labels = draw.integers(0, CLASSES, ROWS)
    high = (numpy.arange(WIDTH)[None, :] * 7 + labels[:, None]) % 5 == 0
    return draw.random((ROWS, WIDTH), dtype="float32") * numpy.where(high, 1, 0.2).astype("float32"), labels


def keras(xla):
    import keras
    import networks

    xs, labels = table()
    model = networks.model("mlp")
    # Left alone, Keras takes XLA for every model whose layers can be compiled so.
    how = {"jit_compile": "auto" if xla else False}
    model.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy", **how)

    def sweep():
        order = numpy.random.default_rng(2)
        losses = []
        for step, rate in enumerate(numpy.geomspace(FIRST, LAST, STEPS)):
            first = step * BATCH % ROWS
            if first == 0:
                rows = order.permutation(ROWS)
            batch = rows[first : first + BATCH]
            model.optimizer.learning_rate = rate
            losses.append(float(model.train_on_batch(xs[batch], labels[batch])))
        return losses

    return sweep


def torch_parts():
    import torch
    from torch import nn

    xs, labels = table()
    model = nn.Sequential(nn.Linear(WIDTH, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, CLASSES))
    rows = torch.utils.data.TensorDataset(torch.from_numpy(xs), torch.from_numpy(labels))
    return torch, model, rows, nn.CrossEntropyLoss()


def lightning():
    import logging
    import warnings

    import lightning as L
    from lightning.pytorch.tuner import Tuner

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")
    torch, model, rows, loss_of = torch_parts()

    class Module(L.LightningModule):
        def __init__(self):
            super().__init__()
            self.model, self.lr = model, 1e-3

        def training_step(self, batch):
            x, y = batch
            return loss_of(self.model(x), y)

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), lr=self.lr)

    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = L.Trainer(accelerator="cpu", max_epochs=-1, **quiet)
    loader = torch.utils.data.DataLoader(rows, BATCH, shuffle=True)
    module = Module()

    def sweep():
        found = Tuner(trainer).lr_find(
            module, loader, min_lr=FIRST, max_lr=LAST, num_training=STEPS, early_stop_threshold=None
        )
        return found.results["loss"]

    return sweep


def fastai():
    from fastai.callback.schedule import Learner
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader

    _, model, rows, loss_of = torch_parts()
    loader = DataLoader(rows, bs=BATCH, shuffle=True)
    learner = Learner(DataLoaders(loader, loader, device="cpu"), model, loss_func=loss_of)

    def sweep():
        with learner.no_bar():
            learner.lr_find(start_lr=FIRST, end_lr=LAST, num_it=STEPS, stop_div=False, show_plot=False)
        return [float(loss) for loss in learner.recorder.losses]

    return sweep


def torch_lr_finder():
    from torch_lr_finder import LRFinder

    torch, model, rows, loss_of = torch_parts()
    loader = torch.utils.data.DataLoader(rows, BATCH, shuffle=True)
    finder = LRFinder(model, torch.optim.Adam(model.parameters(), lr=FIRST), loss_of, device="cpu")

    def sweep():
        finder.range_test(loader, end_lr=LAST, num_iter=STEPS, diverge_th=float("inf"))
        return finder.history["loss"]

    return sweep


PEERS = {
    "keras": lambda: keras(True),
    "keras-executor": lambda: keras(False),
    "lightning": lightning,
    "fastai": fastai,
    "torch-lr-finder": torch_lr_finder,
}

sweep = PEERS[sys.argv[1]]()
start = time.perf_counter()
losses = [float(loss) for loss in sweep()]
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "losses": losses}))
