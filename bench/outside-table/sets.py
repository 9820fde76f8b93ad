"""The eight data sets of the outside table, from files in a folder to features as HPOBench made them.

The table's package lacks the data sets, and their licences are not all stated, so neither are they here. Put these files into a
folder; their SHA-256 is checked. All but kc1 and phoneme are in the UCI repository (archive.ics.uci.edu) under other names; the
copies below are those of public GitHub repositories.

  file              data set                 copy
  car.arff          Car Evaluation           renatopp/arff-datasets, classification/car.arff
  vehicle.arff      Statlog Vehicle          renatopp/arff-datasets, classification/vehicle.arff
  segment.arff      Image Segmentation       renatopp/arff-datasets, classification/segment.arff
  credit.g.arff     Statlog German Credit    renatopp/arff-datasets, classification/credit.g.arff
  phoneme.csv       Phoneme (ELENA)          jbrownlee/Datasets, phoneme.csv
  transfusion.data  Blood Transfusion        astar313/ml1_blood_donation, transfusion.data
  australian.dat    Statlog Australian       rajdeep-cse17/Class_Imbalance, data/australian.dat
  kc1.arff          KC1 (NASA, PROMISE)      ApoorvaKrisna/NASA-promise-dataset-repository, kc1.arff
"""
import csv
import hashlib
import os
from collections import Counter
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler


@dataclass(frozen=True)
class Source:
    file: str
    sha256: str
    rows: int
    classes: int
    features: int
    categorical: tuple = ()
    left_out: tuple = ()


SOURCES = {
    'car': Source('car.arff', '361952e8eadd9abebbfeaca6056228f0bdabb71a2e8cfa0b5ed49d12b6b9c6c7', 1728, 4, 6, tuple(range(6))),
    'phoneme': Source('phoneme.csv', 'eacbb9f7a2b2135d067bff28ed7b9adb760f61f5e91f375f91e22e7e42ace24d', 5404, 2, 5),
    # OpenML's second version lacks the position of the region and its constant size.
    'segment': Source('segment.arff', 'fc99b13f74a51f0c2f94954bd3795dd023226f7b9dd18d5fb6d5c9944dec52e4', 2310, 7, 19, (), (0, 1, 2)),
    'vehicle': Source('vehicle.arff', 'c815585534f9e8c51c6cbe535770891744f5883081709f3a36a58bd419ce0994', 846, 4, 18),
    'credit_g': Source('credit.g.arff', '177171ed80cfc816ef10a76813fa8f97695a6f7abab4d8435eb6ce0a65a37501', 1000, 2, 20,
                       (0, 2, 3, 5, 6, 8, 9, 11, 13, 14, 16, 18, 19)),
    'australian': Source('australian.dat', 'ec683991fd32b3ef1d9a4e50ac3ab5574067cc0eedec67b8d755e6c26c5508fe', 690, 2, 14,
                         (0, 3, 4, 5, 7, 8, 10, 11)),
    'blood_transfusion': Source('transfusion.data', 'c55baeb0a88cbed68a38e4cc8c3f0d933e24f97527bf40d3f0bd856b3df60eb0', 748, 2, 4),
    'kc1': Source('kc1.arff', '82fa208e6fc2c3b96072401c11c077897f713d8d93f7ad4cda89b8e4636bb5c0', 2109, 2, 21),
}


@dataclass
class DataSet:
    """Standardised features and classes from 0; `train` and `valid` are the indices of HPOBench's two parts."""
    features: np.ndarray
    classes: np.ndarray
    train: np.ndarray
    valid: np.ndarray


def load(folder: str, name: str) -> DataSet:
    """Reads a data set, and splits and scales it as HPOBench does: a tenth is OpenML's test part (drawn by us), a third of the rest
    is for validation; scales and categories are those of the training rows."""
    source = SOURCES[name]
    with open(os.path.join(folder, source.file), 'rb') as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != source.sha256:
        raise SystemExit(f'{source.file}: SHA-256 must be {source.sha256}; got {found}')
    table = _rows(os.path.join(folder, source.file))
    labels, classes = np.unique(table[:, -1], return_inverse=True)
    if table.shape != (source.rows, source.features + 1) or len(labels) != source.classes:
        raise SystemExit(f'{source.file}: must have {source.rows} rows, {source.features} features and {source.classes} classes; '
                         f'got {len(table)}, {table.shape[1] - 1} and {dict(Counter(table[:, -1]))}')
    rest, _ = train_test_split(np.arange(len(table)), test_size=0.1, stratify=classes, random_state=0)
    train, valid = train_test_split(rest, test_size=0.33, stratify=classes[rest], random_state=1)
    categorical = list(source.categorical)
    numeric = [i for i in range(source.features) if i not in source.categorical and i not in source.left_out]
    parts = []
    if categorical:
        encoder = OneHotEncoder(sparse_output=False, handle_unknown='ignore').fit(table[train][:, categorical])
        parts.append(encoder.transform(table[:, categorical]))
    if numeric:
        numbers = table[:, numeric].astype(float)
        parts.append(StandardScaler().fit(numbers[train]).transform(numbers))
    return DataSet(np.hstack(parts), classes, train, valid)


def _rows(path: str) -> np.ndarray:
    """The rows of an ARFF file, or of one with commas or spaces and perhaps a header, as text."""
    with open(path, encoding='latin1') as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith('%')]
    starts = [i for i, line in enumerate(lines) if line.lower().startswith('@data')]
    lines = lines[starts[0] + 1:] if starts else lines
    separator = ',' if ',' in lines[0] else ' '
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator, quotechar="'", skipinitialspace=True)]
    if not starts and any(cell[:1].isalpha() for cell in rows[0]):
        rows = rows[1:]
    return np.array(rows, dtype=object)
