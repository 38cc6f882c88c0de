"""Every known bad input gets one line, a code and a way out, in little time and memory."""

import errno
import time
import tracemalloc

import hostile_files
import pytest

from showroom_assets.errors import InputError
from showroom_pipeline.ingest import read
from showroom_pipeline.ingest.files import refused


@pytest.mark.parametrize("name", sorted(hostile_files.CASES))
def test_a_bad_input_gets_one_clear_line_quickly_and_in_little_memory(name, tmp_path):
    case = hostile_files.CASES[name]
    path = case.build(tmp_path)
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(InputError) as caught:
            read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    error = caught.value
    assert error.code.startswith(case.code), error.message
    assert case.words in error.message
    assert "\n" not in error.message
    assert len(error.message) < 400
    assert error.message.endswith(".")
    assert error.message.count(". ") + error.message.count("; ") + error.message.count(": ") >= 1, "no way out is named"
    assert time.process_time() - began < 5.0
    assert peak < 400 << 20, f"{peak:,} bytes"


def test_an_unreadable_file_is_reported_with_its_permissions(tmp_path):
    path = tmp_path / "a.obj"
    path.write_bytes(b"v 0 0 0\n")
    path.chmod(0)
    try:
        path.read_bytes()
        error = refused("a.obj", PermissionError(errno.EACCES, "Permission denied"))  # root may read everything
    except PermissionError:
        with pytest.raises(InputError) as caught:
            read(path)
        error = caught.value
    assert error.message == "'a.obj' may not be read. Change its permissions."
