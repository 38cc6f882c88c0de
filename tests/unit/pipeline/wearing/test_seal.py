"""The process that looks at a photo has no network: it tries every way out, and none leads anywhere."""

import socket
import sys
import threading
from pathlib import Path

import pytest

from showroom_assets.errors import DamagedFile, MissingFile
from showroom_pipeline.wearing import shut

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the locks are Linux's")


def test_the_child_reaches_nobody_not_even_this_machine() -> None:
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        door.settimeout(20)

        def listen() -> None:
            try:
                link, _ = door.accept()
            except TimeoutError:
                return
            heard.append(link.recv(4))
            link.close()

        # The door is open: this process gets through, so a child that does not was kept from it.
        listener = threading.Thread(target=listen)
        listener.start()
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
            link.send(b"self")
        listener.join()
        answer = shut.probe("127.0.0.1", port)
        door.settimeout(0.2)
        with pytest.raises(TimeoutError):
            door.accept()
    assert heard == [b"self"]
    assert answer["locks"]
    assert answer["libc"] == "refused"
    assert {answer[way] for way in ("tcp", "udp", "http")} <= {"PermissionError", "OSError", "URLError"}
    assert answer["names"] == "gaierror"


def test_a_model_that_is_another_file_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="make setup"):
        shut.model("face", tmp_path)
    (tmp_path / "face_landmarker.task").write_bytes(b"not the model")
    with pytest.raises(DamagedFile, match="not the model this was made with"):
        shut.model("face", tmp_path)
