#!/usr/bin/env python3
"""Requests per second of the video API with 1,000 videos, memory, and cold start.

    benches/api.py --bin target/release/farandole --clip CLIP.mp4 [--postgres URL]

One video is uploaded and made for real; its rows are then copied 999 times in the database.
Load comes from wrk on the same machine, so the figures count per server-CPU-second too.
"""
import argparse, re, shutil, sqlite3, subprocess, sys, tempfile, time, uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from server import Server

VIDEOS = 1000


def published(server, video):
    while True:
        details = server.json("GET", f"/api/v1/videos/{video['uuid']}", headers=server.auth)
        if details["state"]["id"] == 1:
            return details
        time.sleep(0.1)


def copies(columns_of, execute):
    """SQL that copies the one video, its set, renditions and images under new names."""
    def insert(table, changes, where):
        columns = [c for c in columns_of(table) if c != "id"]
        values = [changes.get(c, c) for c in columns]
        execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE {where}")
    for number in range(1, VIDEOS):
        name = str(uuid.uuid4())
        shift = f"published_at - {number * 1000}"
        insert("videos", {"uuid": f"'{name}'", "ap_url": f"'bench:{name}'", "name": f"'Video {number}'", "published_at": shift}, "id = 1")
        video = f"(SELECT id FROM videos WHERE uuid = '{name}')"
        insert("media_sets", {"video_id": video, "generation": f"'{uuid.uuid4()}'"}, "video_id = 1")
        media_set = f"(SELECT MAX(id) FROM media_sets WHERE video_id = {video})"
        insert("renditions", {"media_set_id": media_set, "storage_key": f"storage_key || '-{name}'"},
               "media_set_id IN (SELECT id FROM media_sets WHERE video_id = 1)")
        insert("video_images", {"video_id": video, "file": f"file || '-{name}'"}, "video_id = 1")
        insert("video_tags", {"video_id": video}, "video_id = 1")


def fill_sqlite(folder):
    db = sqlite3.connect(folder / "farandole.sqlite", isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    copies(lambda table: [row[1] for row in db.execute(f"PRAGMA table_info({table})")], db.execute)
    db.execute("COMMIT")
    db.close()


def fill_postgres(url):
    def psql(text):
        return subprocess.run(["psql", "-qAt", url], input=text, capture_output=True, text=True, check=True).stdout
    statements = []
    known = {}
    def columns_of(table):
        if table not in known:
            known[table] = psql(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'").split()
        return known[table]
    copies(columns_of, statements.append)
    psql("BEGIN;" + ";\n".join(statements) + ";COMMIT; ANALYZE;")


def load(server, path, seconds=8):
    """Requests per second and per server-CPU-second."""
    url = f"http://127.0.0.1:{server.port}{path}"
    subprocess.run(["wrk", "-t1", "-c16", "-d2s", url], capture_output=True, check=True)
    cpu = server.cpu_seconds()
    done = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in done:
        raise SystemExit(f"{path}: {done}")
    count = int(re.search(r"(\d+) requests in", done).group(1))
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", done).group(1)), count / max(server.cpu_seconds() - cpu, 0.01)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", required=True)
    options.add_argument("--clip", required=True)
    options.add_argument("--postgres", help="URL of an empty database")
    args = options.parse_args()
    engine = "PostgreSQL" if args.postgres else "SQLite"
    settings = {"FARANDOLE__DATABASE__URL": args.postgres} if args.postgres else {}
    folder = Path(tempfile.mkdtemp(prefix="farandole-bench-"))
    try:
        with Server(args.bin, settings, folder) as server:
            server.log_in()
            details = published(server, server.upload(args.clip)[0])
        fill_postgres(args.postgres) if args.postgres else fill_sqlite(folder)
        with Server(args.bin, settings, folder) as server:
            cold = server.start_seconds
            time.sleep(3)
            idle = server.resident_mib()
            print(f"\n### API with {VIDEOS} videos, {engine}\n\n| | requests/s | per server-CPU-second |\n|---|---|---|")
            for path in ("/api/v1/videos?count=15", f"/api/v1/videos/{details['uuid']}"):
                rate, per_cpu = load(server, path)
                print(f"| `GET {path.replace(details['uuid'], '{id}')}` | {rate:,.0f} | {per_cpu:,.0f} |")
            print(f"\nCold start to ready {cold:.3f} s; resident idle {idle:.1f} MiB, after the load {server.resident_mib():.1f} MiB.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
