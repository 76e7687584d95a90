"""Scans each server of `servers.py`: `scan.py FOLDER`, the folder with the built examples.

All connections go to 127.0.0.1, whatever the URL says, as if a proxy that ends TLS stood in front of the server.
So the scanners can be told that the service has the name of an allowed origin, and they vary that name.
"""

import contextlib
import importlib.util
import os
import pathlib
import sys
import tempfile
from urllib.parse import urlsplit, urlunsplit

import gevent.monkey

# CORScanner does this too, and it has to be done before the other modules are imported.
gevent.monkey.patch_all()

import functools
import socket
import subprocess
import time
from unittest import mock

import requests
import tldextract

# The list of public suffixes that the package contains, because no other host is asked. The names of the
# examples have suffixes that are not in the list.
tldextract.extract = tldextract.TLDExtract(
    cache_dir=None, suffix_list_urls=(), extra_suffixes=("example", "test")
)

# CORScanner imports its own modules by names without the package.
PACKAGE = importlib.util.find_spec("CORScanner").submodule_search_locations[0]
sys.path.insert(0, PACKAGE)

from common.corscheck import CORSCheck
from common.logger import Log
from corsair_scan.corsair_scan import corsair_scan

from servers import FAULTY, SERVERS

ROOT = pathlib.Path(__file__).resolve().parents[2]
send_to_any_host = requests.adapters.HTTPAdapter.send


def send_to(port):
    def send(adapter, request, **options):
        url = urlsplit(request.url)
        request.headers["Host"] = url.netloc
        local = urlunsplit(("http", f"127.0.0.1:{port}", url.path, url.query, ""))
        asked, request.url = request.url, local
        response = send_to_any_host(adapter, request, **options)
        request.url = response.url = asked
        return response

    return send


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running(server, command):
    if is_open(server.port):
        sys.exit(f"port {server.port} is taken, and {server.name} needs it")
    with tempfile.TemporaryDirectory() as folder:
        own = {name: value.format(folder=folder) for name, value in server.environment.items()}
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **own, "RUST_LOG": "off"}, stdout=subprocess.DEVNULL
        )
        try:
            for _ in range(100):
                if process.poll() is None and is_open(server.port):
                    break
                time.sleep(0.1)
            else:
                sys.exit(f"{server.name} does not serve on port {server.port}")
            requests.adapters.HTTPAdapter.send = send_to(server.port)
            if server.first:
                method, path, headers, body = server.first
                response = requests.request(method, f"http://api.example{path}", headers=headers, data=body)
                response.raise_for_status()
            yield
        finally:
            process.terminate()
            process.wait()


def allows(path, origin):
    """Asserts that the path exists and allows the origin: a scan of something else would find nothing."""
    response = requests.request(path.method, f"https://api.example{path.path}", headers={"Origin": origin})
    allowed = response.headers.get("Access-Control-Allow-Origin")
    assert allowed == ("*" if path.public else origin), f"{path}: {origin} gets {allowed}"


def by_corscanner(path, service):
    """Returns CORScanner's names of the faults, for a service of the scheme and host of the origin."""
    check = CORSCheck(f"{service}{path.path}", {"logger": Log(None, print_level=4), "headers": None})
    # It knows GET only, and other methods of a path have other policies.
    with mock.patch.object(requests, "get", functools.partial(requests.request, path.method)):
        found = check.check_all_in_parallel()
    # For a name without a dot, it takes the origin itself for one with a wrong dot.
    return {fault["type"] for fault in found if fault["origin"] != service}


def by_corsair(path, origin):
    """Returns Corsair's names of the faults, for actual requests and preflights."""
    url = f"http://api.example{path.path}"
    actual = {"url": url, "verb": path.method, "params": "", "headers": {"Origin": origin}}
    asks = {"Origin": origin, "Access-Control-Request-Method": path.method}
    preflight = {"url": url, "verb": "OPTIONS", "params": "", "headers": asks}
    report = corsair_scan([actual, preflight])
    assert len(report["report"]) == 2, report
    found = report["summary"].get("misconfigured", [])
    if path.public:
        # `*` without credentials is the intention.
        for request in report["report"]:
            for test in request.values():
                if isinstance(test, dict) and test["misconfigured"]:
                    assert test["Access-Control-Allow-Origin"] == "*" and not test["credentials"], test
        return set()
    return {test for request in found for test in request["misconfigured_test"]}


def scan(path):
    """Returns the number of scans, and the faults that were found at the path."""
    found = set()
    for origin in path.origins or ["https://anyone.example"]:
        if path.origins or path.public:
            allows(path, origin)
        found |= by_corsair(path, origin)
        # It cuts ports off.
        service = urlsplit(origin)
        found |= by_corscanner(path, f"{service.scheme}://{service.hostname}")
    return len(path.origins) or 1, found


def expected(path):
    """Returns the names under which the scanners report that all subdomains are allowed."""
    return {"trust_any_subdomain", "sub-domain"} if path.wildcard else set()


def main(folder):
    programs = {file.stem for file in (ROOT / "examples/src/bin").glob("*.rs")}
    assert programs == {server.name for server in SERVERS}, f"servers.py does not list {programs}"

    with running(FAULTY, [sys.executable, f"{ROOT}/tests/scanners/faulty.py", str(FAULTY.port)]):
        for path in FAULTY.paths:
            _, found = scan(path)
            assert path.faults <= found, f"{path.path}: found {found}, not {path.faults}"
    print(f"faulty: each of {len(FAULTY.paths)} faults is found")

    for server in SERVERS:
        count = 0
        with running(server, [f"{folder}/{server.name}"]):
            for path in server.paths:
                scans, found = scan(path)
                count += scans
                assert found == expected(path), f"{server.name}: {path.method} {path.path}: {found}"
        print(f"{server.name}: two scanners found nothing but allowed subdomains in {count} scans each")


main(sys.argv[1])
