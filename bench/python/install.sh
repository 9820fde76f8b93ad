#!/bin/sh
# Makes a Python environment with all that the benchmarks compare with, through the user's own pip, so that mirrors,
# proxies and folders of wheels keep working:
#
#   sh bench/python/install.sh FOLDER
#
# TORCH says which PyTorch to take, as pip wants it said: TORCH='torch==2.13.0+cpu' avoids the libraries for CUDA.
set -eu
folder=${1:?the folder to make the environment in}
python3 -m venv "$folder"
# shellcheck disable=SC2086
"$folder/bin/python" -m pip install --disable-pip-version-check --quiet \
  ${TORCH:-torch} lightning fastai torch-lr-finder 'tensorflow-cpu==2.21.*' 'keras>=3'
# Comes with fastai, is not needed here, and stops Lightning's import where it was built for another PyTorch.
"$folder/bin/python" -m pip uninstall --disable-pip-version-check --quiet --yes torchvision
# Each in a process of its own: PyTorch and TensorFlow do not bear each other in one.
for module in fastai.learner keras lightning tensorflow torch torch_lr_finder; do
  "$folder/bin/python" -c "import $module"
done
