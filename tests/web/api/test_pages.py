"""The pages and the documents come with a strict policy, and say so plainly when not built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

import settings
from web import pages

PATHS = (
    "/",
    "/discover",
    "/experiences/exp_1",
    "/experiences/exp_1/quests",
    "/dashboard/biz_1",
    "/dashboard/biz_1/operations",
)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of the UI."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><div id=root></div>")
    (tmp_path / "assets" / "index-AbC123.js").write_text("export {}")
    (tmp_path / "assets" / "mark-AbC123.svg").write_text("<svg/>")
    monkeypatch.setattr(pages, "DIST", tmp_path)
    return tmp_path


def test_each_page_is_the_built_ui_never_kept_by_a_browser(
    client: FlaskClient, built: Path
) -> None:
    for path in PATHS:
        answer = client.get(path)

        assert answer.status_code == 200, path
        assert answer.text == (built / "index.html").read_text()
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "case",
    [
        ("test", "http://127.0.0.1:9000/api/v1", "http://127.0.0.1:9000/"),
        ("test", "https://api.whop.com/api/v1", "https://whop.com/"),
        ("production", "http://127.0.0.1:9000/api/v1", "https://whop.com/"),
    ],
)
def test_the_way_to_whop_leads_to_the_one_that_is_asked(
    client: FlaskClient, built: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[str, str, str]
) -> None:
    env, whop, home = case
    (built / "index.html").write_text('<meta name="whop-home" content="https://whop.com/" />')
    played = replace(settings.current(), env=env, whop_api_url=whop)
    monkeypatch.setattr(pages, "settings", SimpleNamespace(current=lambda: played))

    assert client.get("/").text == f'<meta name="whop-home" content="{home}" />'


def test_only_whop_may_frame_a_page_and_only_we_may_run_in_it(
    client: FlaskClient, built: Path
) -> None:
    policy = dict(
        rule.split(" ", 1)
        for rule in client.get("/").headers["Content-Security-Policy"].split("; ")
    )

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self' http://127.0.0.1:8001 ws://127.0.0.1:8001"
    assert policy["frame-ancestors"].startswith("https://whop.com https://*.whop.com")
    assert "X-Frame-Options" not in client.get("/").headers


def test_files_with_a_hash_in_their_name_are_kept_for_ever(
    client: FlaskClient, built: Path
) -> None:
    hashed = client.get("/static/ui/assets/index-AbC123.js")

    assert "immutable" in hashed.headers["Cache-Control"]
    assert hashed.mimetype == "text/javascript"
    assert client.get("/favicon.ico").mimetype == "image/svg+xml"
    assert client.get("/static/ui/index.html").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_text_of_the_build_comes_in_the_smallest_form_that_is_read(
    client: FlaskClient, built: Path, accepted: str, encoding: str | None
) -> None:
    plain = built / "assets" / "index-AbC123.js"
    plain.with_name(plain.name + ".br").write_bytes(b"as brotli")
    plain.with_name(plain.name + ".gz").write_bytes(b"as gzip")

    answer = client.get("/static/ui/assets/index-AbC123.js", headers={"Accept-Encoding": accepted})

    body = {"br": b"as brotli", "gzip": b"as gzip", None: b"export {}"}[encoding]
    assert (answer.headers.get("Content-Encoding"), answer.data) == (encoding, body)
    assert answer.mimetype == "text/javascript"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "immutable" in answer.headers["Cache-Control"]
    again = client.get(
        "/static/ui/assets/index-AbC123.js",
        headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


def test_a_part_of_a_file_is_cut_out_of_the_plain_one(client: FlaskClient, built: Path) -> None:
    plain = built / "assets" / "index-AbC123.js"
    plain.with_name(plain.name + ".br").write_bytes(b"as brotli")

    answer = client.get(
        "/static/ui/assets/index-AbC123.js",
        headers={"Accept-Encoding": "br", "Range": "bytes=0-5"},
    )

    assert (answer.status_code, answer.data) == (206, b"export")


def test_the_gallery_of_primitives_is_for_those_who_build_pages(
    client: FlaskClient, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/ui").status_code == 200

    live = replace(settings.current(), env="production")
    monkeypatch.setattr(pages, "settings", SimpleNamespace(current=lambda: live))

    assert client.get("/ui").status_code == 404


def test_no_file_outside_the_build_is_served(client: FlaskClient, built: Path) -> None:
    for name in ["../app.py", "%2e%2e/app.py", "assets/../../pages.py", "gone.js"]:
        assert client.get(f"/static/ui/{name}").status_code == 404, name


def test_without_a_build_a_plain_page_says_why(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "DIST", tmp_path)
    (tmp_path / "reason.txt").write_text("Node <20 is too old\n")

    answer = client.get("/experiences/exp_1")

    assert answer.status_code == 503
    assert "Node &lt;20 is too old" in answer.text
    assert "script" not in answer.text


def test_the_docs_show_every_route_without_a_script(client: FlaskClient) -> None:
    answer = client.get("/api/docs")
    spec = client.get("/api/v1/openapi.json").json
    assert spec is not None

    for path in spec["paths"]:
        assert f"<code>{path}</code>" in answer.text
    assert "<script" not in answer.text
    assert "://" not in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    style = client.get("/api/docs/assets/docs.css")
    assert style.status_code == 200
    assert "://" not in style.text
