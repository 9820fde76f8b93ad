"""A tracking server of MLflow on a port of its own, and then what MLflow and TensorBoard read of the runs in it and in a folder.

python read-back.py FOLDER LOGS: prints the port; once a line comes on stdin, prints what was read as JSON.
"""

import json
import os
import sys
import threading

root, logs = sys.argv[1:]
os.environ.update(
    MLFLOW_DISABLE_TELEMETRY="true",
    _MLFLOW_SERVER_FILE_STORE=f"sqlite:///{root}/mlflow.db",
    _MLFLOW_SERVER_REGISTRY_STORE=f"sqlite:///{root}/mlflow.db",
    _MLFLOW_SERVER_ARTIFACT_ROOT="mlflow-artifacts:/",
    _MLFLOW_SERVER_ARTIFACT_DESTINATION=f"{root}/artifacts",
    _MLFLOW_SERVER_SERVE_ARTIFACTS="true",
)

from mlflow import MlflowClient
from mlflow.server import app
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
from tensorboard.plugins.hparams import metadata
from tensorboard.util.tensor_util import make_ndarray
from werkzeug.serving import make_server

server = make_server("127.0.0.1", 0, app, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.readline()

client = MlflowClient(f"http://127.0.0.1:{server.server_port}")


def mlflow_run(run):
    return {
        "name": run.info.run_name,
        "status": run.info.status,
        "parent": run.data.tags.get("mlflow.parentRunId"),
        "id": run.info.run_id,
        "params": run.data.params,
        "metrics": {
            key: [[point.step, repr(point.value)] for point in client.get_metric_history(run.info.run_id, key)]
            for key in run.data.metrics
        },
        "artifacts": {
            artifact.path: open(client.download_artifacts(run.info.run_id, artifact.path), "rb").read().hex()
            for artifact in client.list_artifacts(run.info.run_id)
        },
    }


def hyperparameters(accumulator):
    content = accumulator.PluginTagToContent("hparams")
    start = metadata.parse_session_start_info_plugin_data(content[metadata.SESSION_START_INFO_TAG])
    end = metadata.parse_session_end_info_plugin_data(content[metadata.SESSION_END_INFO_TAG])
    return {
        "values": {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()},
        "group": start.group_name,
        "status": end.status,
    }


def tensorboard_run(accumulator):
    tags = accumulator.Tags()
    texts = {
        tag: make_ndarray(accumulator.Tensors(tag)[0].tensor_proto).item().decode()
        for tag in tags["tensors"]
        if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "text"
    }
    images = {tag: accumulator.Images(tag)[0] for tag in tags["images"]}
    return {
        "scalars": {tag: [[e.step, repr(e.value)] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]},
        "texts": texts,
        "images": {tag: [e.width, e.height, e.encoded_image_string.hex()] for tag, e in images.items()},
        "hyperparameters": hyperparameters(accumulator)
        if metadata.SESSION_START_INFO_TAG in tags["tensors"]
        else None,
    }


experiment = client.get_experiment_by_name("lrfind")
everything = {"scalars": 0, "tensors": 0, "images": 0}
multiplexer = EventMultiplexer(size_guidance=everything).AddRunsFromDirectory(logs)
multiplexer.Reload()
print(
    json.dumps(
        {
            "mlflow": [mlflow_run(run) for run in client.search_runs([experiment.experiment_id])],
            "tensorboard": {run: tensorboard_run(multiplexer.GetAccumulator(run)) for run in multiplexer.Runs()},
        }
    )
)
