"""Reads a wheel and prints JSON on one line. For a damaged wheel it prints a message to stderr and exits with code 1.

    wheel.py requirements WHEEL EXTRA    the requirements of an extra, in pip's syntax
    wheel.py unpack WHEEL FOLDER         unpacks libraries and licences, and compares each with the wheel's RECORD
"""

import base64
import csv
import hashlib
import io
import json
import os
import re
import sys
import zipfile

# TensorFlow's libraries and the description of their build; NVIDIA's shared libraries, the PTX assembler and its device
# library; licences; the metadata with package and version.
KEPT = re.compile(
    r"""tensorflow/libtensorflow_(cc|framework)[.][\w.]+
      | tensorflow/python/platform/build_info[.]py
      | tensorflow/(THIRD_PARTY_NOTICES[.]txt|include/LICENSE)
      | nvidia/\w+/(lib/[^/]+[.]so[.\d]*|(bin|nvvm)/.+)
      | [^/]+[.]dist-info/(METADATA|licenses/.+|(LICEN[CS]E|NOTICE|COPYING)[^/]*)""",
    re.VERBOSE | re.IGNORECASE,
)
BLOCK = 1 << 20


def requirements(wheel, extra):
    """The requirements of an extra, without the condition that names the extra."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(dist_info(archive) + "/METADATA").decode("utf-8")
    pattern = r"""^Requires-Dist: *([^;\n]+?) *;[^\n]*extra *== *['"]{}['"]""".format(re.escape(extra))
    return re.findall(pattern, metadata, re.MULTILINE)


def unpack(wheel, folder):
    """Unpacks the files to keep. Returns name, size and hash of the wheel and of each file."""
    with zipfile.ZipFile(wheel) as archive:
        record = read_record(archive)
        names = [name for name in archive.namelist() if KEPT.fullmatch(name) and ".." not in name.split("/")]
        files = [extract(archive, name, record, folder) for name in names]
    with open(wheel, "rb") as stream:
        sha256, size = copy(stream, None)
    return {"name": os.path.basename(wheel), "sha256": sha256.hex(), "bytes": size, "files": files}


def dist_info(archive):
    folders = {name.split("/")[0] for name in archive.namelist() if name.split("/")[0].endswith(".dist-info")}
    if len(folders) != 1:
        raise ValueError("a wheel must have 1 .dist-info folder; got {}".format(len(folders)))
    return folders.pop()


def read_record(archive):
    text = archive.read(dist_info(archive) + "/RECORD").decode("utf-8")
    return {row[0]: row[1:3] for row in csv.reader(io.StringIO(text)) if len(row) == 3}


def extract(archive, name, record, folder):
    if name not in record:
        raise ValueError("{} is not in the wheel's RECORD".format(name))
    info = archive.getinfo(name)
    path = os.path.join(folder, *name.split("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with archive.open(info) as source, open(path, "wb") as target:
        digest, size = copy(source, target)
    actual = "sha256=" + base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
    if [actual, str(size)] != record[name]:
        raise ValueError("{} must be {}, {} bytes; got {}, {} bytes".format(name, *record[name], actual, size))
    if info.external_attr >> 16 & 0o111:
        os.chmod(path, 0o755)
    return {"path": name, "bytes": size, "sha256": digest.hex()}


def copy(source, target):
    digest, size = hashlib.sha256(), 0
    for block in iter(lambda: source.read(BLOCK), b""):
        digest.update(block)
        size += len(block)
        if target:
            target.write(block)
    return digest.digest(), size


try:
    print(json.dumps({"requirements": requirements, "unpack": unpack}[sys.argv[1]](*sys.argv[2:])))
except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, zipfile.zlib.error) as error:
    sys.exit("{}: {}".format(type(error).__name__, error) if isinstance(error, OSError) else str(error))
