"""What is refused of uploads, and how it is said."""

import http.client
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hostile_files as hostile
import pytest
import scan_files as good
from upload_house import Running, convert, refusal

from showroom.jobs.client import Answered


def test_a_bad_file_gives_one_clear_error_and_the_next_is_none_the_worse(
    start: Callable[..., Running], box: Path, tmp_path: Path
) -> None:
    server = start()
    client = server.client()
    sentences: dict[str, str] = {}
    for name in ("zip-climbs-out", "zip-bomb", "unread-fbx", "truncated-ply", "nan-obj", "header-of-1000000000-ply",
                 "missing-texture", "splats-ply", "image-bomb"):  # fmt: skip
        case = hostile.CASES[name]
        path = case.build(tmp_path / name)
        if path.is_dir():
            data = good.zipped(
                {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}
            )
            path = tmp_path / f"{name}.zip"
            path.write_bytes(data)
        reason, sentence = refusal(client, path)
        assert reason.startswith(case.code), name
        assert str(tmp_path) not in sentence
        assert "--" not in sentence.replace("--dimension", ""), sentence
        assert len(sentence.splitlines()) == 1
        sentences[name] = sentence
    assert len(set(sentences.values())) == len(sentences)
    assert convert(client, box)["state"] == "draft"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Upload-Offset": "1"}, b"12345", 409),
        ({"Upload-Offset": "-1"}, b"12345", 400),
        ({"Upload-Offset": "9" * 30}, b"12345", 400),
        ({}, b"12345", 400),
        ({"Upload-Offset": "0"}, b"123456", 413),
        ({"Upload-Offset": "0", "Upload-Checksum": "sha256 AAAA"}, b"12345", 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "md5 " + "A" * 24}, b"12345", 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "sha256 " + "A" * 43 + "="}, b"12345", 460),
        ({"Upload-Offset": "0", "Content-Encoding": "gzip"}, b"12345", 400),
        ({"Upload-Offset": "0", "Content-Type": "text/plain"}, b"12345", 400),
        ({"Upload-Offset": "0"}, b"12345", 204),
    ],
)
def test_a_part_is_taken_only_if_everything_about_it_is_right(
    one_server: Running, headers: dict[str, str], body: bytes, status: int
) -> None:
    client = one_server.client()
    upload = client.call("POST", "/api/uploads", {"name": "a.obj", "size_bytes": 5})["id"]
    connection = http.client.HTTPConnection(one_server.url.removeprefix("http://"), timeout=120)
    sent = {"Content-Type": "application/offset+octet-stream", "Authorization": "Bearer anna-1", **headers}
    connection.request("PATCH", f"/api/uploads/{upload}", body, sent)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == status, text
    if status == 409:
        assert json.loads(text)["error"]["fields"]["offset"] == 0
    connection.close()  # the server may have done so too: it does not read on after a refusal
    connection.request("HEAD", f"/api/uploads/{upload}", headers={"Authorization": "Bearer anna-1"})
    answer = connection.getresponse()
    answer.read()
    assert answer.getheader("Upload-Offset") == ("5" if status == 204 else "0")
    assert answer.getheader("Upload-Length") == "5"
    connection.close()
    client.call("DELETE", f"/api/uploads/{upload}")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a.obj"},
        {"name": "a.obj", "size_bytes": 0},
        {"name": "a.obj", "size_bytes": 1 << 50},
        {"name": "a\nb.obj", "size_bytes": 5},
        {"name": "a.obj", "size_bytes": 5, "sha256": "x"},
        {"name": "a.obj", "size_bytes": 5, "path": "/etc"},
        {"name": "a.obj", "size_bytes": 5, "options": {"product": "../x"}},
        {"name": "a.obj", "size_bytes": 5, "options": {"facts": {"name": 5}}},
        {"name": "a.obj", "size_bytes": 5, "options": {"dimensions": "big"}},
    ],
)
def test_an_upload_that_cannot_be_is_refused_before_a_byte_is_sent(one_server: Running, body: dict[str, Any]) -> None:
    with pytest.raises(Answered) as refused:
        one_server.client().call("POST", "/api/uploads", body)
    assert refused.value.status == 400
    assert one_server.client().call("GET", "/api/uploads")["uploads"] == []
