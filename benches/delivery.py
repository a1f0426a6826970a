#!/usr/bin/env python3
"""1 MiB ranges of a rendition and 30 kB pictures per server-CPU-second, beside nginx.

    benches/delivery.py --bin target/release/farandole [--rounds 5] [--seconds 6]

Both servers give the same files from the same disk in the same run, rounds interleaved; wrk asks
from the same machine, so only the servers' own CPU time is counted (/proc/PID/stat).
"""
import argparse, os, re, shutil, socket, sqlite3, statistics, subprocess, sys, tempfile, time, urllib.request
from pathlib import Path
from urllib.parse import urlparse

sys.path.insert(0, str(Path(__file__).parent))
from server import Server

SMALL_BYTES = 30_000
LARGE_BYTES = 64 << 20
RANGE_BYTES = 1 << 20
RANGES = """
local size, piece = {size}, {piece}
math.randomseed(7)
request = function()
  local first = math.random(0, math.floor(size / piece) - 1) * piece
  wrk.headers["Range"] = "bytes=" .. first .. "-" .. (first + piece - 1)
  return wrk.format("GET")
end
"""
NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile {sendfile};
  output_buffers 2 256k;
  tcp_nopush on;
  keepalive_requests 1000000000;
  types {{ video/mp4 mp4; image/jpeg jpg; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Nginx:
    """nginx with one worker over a folder, stopped at the end of the `with`."""

    def __init__(self, root, sendfile):
        self.folder = Path(tempfile.mkdtemp(prefix="farandole-nginx-"))
        # The worker drops its rights and must still reach the files.
        user = "user root;\n" if os.geteuid() == 0 else ""
        self.port = free_port()
        text = NGINX.format(folder=self.folder, root=root, port=self.port, sendfile=sendfile)
        (self.folder / "nginx.conf").write_text(user + text)
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder)],
                                        stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.worker = int(children[0])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def cpu_seconds(self):
        return cpu_seconds(self.worker)


def per_cpu_second(server, path, seconds, script):
    """Requests per server-CPU-second and per second."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", f"http://127.0.0.1:{server.port}{path}"]
    if script:
        command[1:1] = ["-s", str(script)]
    before = server.cpu_seconds()
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = server.cpu_seconds() - before
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{path}: {text}")
    count = int(re.search(r"(\d+) requests in", text).group(1))
    return count / max(spent, 0.01), float(re.search(r"Requests/sec:\s+([0-9.]+)", text).group(1))


def first_bytes(port, path):
    """What a server gives for the first range of a file: the whole of a small one."""
    question = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Range": f"bytes=0-{RANGE_BYTES - 1}"})
    with urllib.request.urlopen(question) as answer:
        return answer.read()


def make_video(server, folder):
    """A published video."""
    clip = folder / "bench.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=426x240:r=30", "-f", "lavfi", "-i", "sine=f=440:r=48000",
                    "-t", "4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", str(clip)], check=True)
    video, _ = server.upload(clip)
    while True:
        details = server.json("GET", f"/api/v1/videos/{video['uuid']}", headers=server.auth)
        if details["state"]["id"] == 1:
            return details
        time.sleep(0.2)


def enlarge(data, file):
    """Makes a rendition a file of LARGE_BYTES: ranges of it are bytes like any other."""
    file.write_bytes(os.urandom(LARGE_BYTES))
    base = sqlite3.connect(data / "farandole.sqlite")
    with base:
        changed = base.execute("UPDATE renditions SET size_bytes = ? WHERE file = ?", (LARGE_BYTES, file.name)).rowcount
    base.close()
    if changed != 1:
        raise SystemExit(f"{changed} renditions are called {file.name}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", required=True)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=6)
    args = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="farandole-bench-"))
    data = folder / "data"
    data.mkdir()
    settings = {"FARANDOLE__TRANSCODING__RESOLUTIONS": "[240]"}
    try:
        with Server(args.bin, settings, data) as server:
            server.log_in()
            details = make_video(server, folder)
        storage = data / "storage"
        files = details["streamingPlaylists"][0]["files"]
        large = urlparse(max(files, key=lambda file: file["height"])["fileUrl"]).path
        on_disk = next(storage.glob("hls/*/*/240.mp4"))
        enlarge(data, on_disk)
        small = details["thumbnailPath"]
        picture = next(storage.glob(f"images/*/{Path(small).name}"))
        picture.write_bytes(os.urandom(SMALL_BYTES))
        script = folder / "ranges.lua"
        script.write_text(RANGES.format(size=LARGE_BYTES, piece=RANGE_BYTES))
        cases = [("1 MiB range", large, "/" + str(on_disk.relative_to(storage)), script),
                 ("30 kB file", small, "/" + str(picture.relative_to(storage)), None)]
        with Server(args.bin, settings, data) as ours, Nginx(storage, "on") as on, Nginx(storage, "off") as off:
            time.sleep(2)
            print("\n### Delivery: requests per server-CPU-second\n")
            print("| | farandole | nginx, sendfile on | nginx, sendfile off | ratio to sendfile on | farandole, requests/s |")
            print("|---|---|---|---|---|---|")
            for name, path, plain, script in cases:
                if first_bytes(ours.port, path) != first_bytes(on.port, plain):
                    raise SystemExit(f"{name}: the servers give different bytes")
                rows = []
                for _ in range(args.rounds + 1):
                    rows.append([per_cpu_second(ours, path, args.seconds, script),
                                 per_cpu_second(on, plain, args.seconds, script),
                                 per_cpu_second(off, plain, args.seconds, script)])
                rows = rows[1:]  # the first round warms caches
                middle = [statistics.median(row[i][0] for row in rows) for i in range(3)]
                ratio = statistics.median(row[0][0] / row[1][0] for row in rows)
                rate = statistics.median(row[0][1] for row in rows)
                print(f"| {name} | {middle[0]:,.0f} | {middle[1]:,.0f} | {middle[2]:,.0f} | {ratio:.2f} | {rate:,.0f} |")
            print(f"\nResident after the load: {ours.resident_mib():.1f} MiB. {args.rounds} interleaved rounds of {args.seconds} s, wrk -t1 -c16.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
