#!/usr/bin/env python3
"""Moderation of a running server: comments a second, what a preview costs the others, large desks.

    benches/moderation/server.py --bin target/release/farandole --clip CLIP.mp4 [comments preview desk] [--postgres URL]

`comments`: comments posted through the API with nothing on, with a list of 10,000 entries, and with
that list and the link-spam plugin, in interleaved rounds. `preview`: a list tried on 1,000,000
stored comments, and what other requests wait meanwhile. `desk`: pages of moderators with 250,000
accounts, 72,000 reports (a year at 6,000 a month), 50,000 held comments. Load is from this machine.
"""
import argparse, json, random, re, shutil, sqlite3, statistics, string, subprocess, sys, tempfile, threading, time, http.client
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benches"))
from server import Server

SETTINGS = {"FARANDOLE__COMMENTS__PER_PERSON": "100000000", "FARANDOLE__COMMENTS__PER_ADDRESS": "100000000"}
ENTRIES = 10_000
STORED = 1_000_000
ACCOUNTS, REPORTS, HELD = 250_000, 72_000, 50_000
random.seed(20261122)


def word():
    return "".join(random.choices("etaoinshrdlucmfwypvbgkqjxz", [12, 9, 8, 8, 7, 7, 6, 6, 6, 4, 4, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1], k=random.randint(3, 9)))


def sentence(characters):
    text = word()
    while len(text) < characters:
        text += " " + word()
    return text[:characters]


class Desk(Server):
    """A server whose `root` moderates, with a list of ENTRIES words."""

    def api(self, method, path, body=None):
        return self.json(method, "/api/v1" + path, json.dumps(body) if body is not None else None, {**self.auth, "content-type": "application/json"})

    def add_list(self):
        made = self.api("POST", "/moderation/lists", {"name": "bench", "action": "hold", "options": ["confusables", "leet", "separators", "repeats", "bidi"]})
        # Ten letters or more, so that the texts of the bench (words of nine at most) have none.
        words = {"".join(random.choices(string.ascii_lowercase, k=random.randint(10, 14))) for _ in range(ENTRIES)}
        self.api("POST", f"/moderation/lists/{made['id']}/import", {"format": "text", "data": "\n".join(sorted(words))})
        return made["id"]

    def switch(self, list_id, on):
        self.api("PUT", f"/moderation/lists/{list_id}", {"enabled": on})

    def published(self, clip):
        video = self.upload(clip)[0]
        while self.json("GET", f"/api/v1/videos/{video['uuid']}", headers=self.auth)["state"]["id"] != 1:
            time.sleep(0.1)
        return video

    def person(self, name):
        """A user; gives the header that speaks for them."""
        self.api("POST", "/users", {"username": name, "password": "bench password 2", "email": f"{name}@example.org", "role": 2, "videoQuota": -1, "videoQuotaDaily": -1, "channelName": f"{name}_channel"})
        oauth = self.json("GET", "/api/v1/oauth-clients/local")
        form = "&".join(f"{k}={v}" for k, v in {**oauth, "grant_type": "password", "username": name, "password": "bench+password+2"}.items())
        token = self.json("POST", "/api/v1/users/token", form, {"content-type": "application/x-www-form-urlencoded"})
        return f"Bearer {token['access_token']}"


def packed(binary, folder):
    """The link-spam sample, packed from the module in the repository."""
    sample = folder / "link-spam"
    (sample / "build").mkdir(parents=True)
    shutil.copy(ROOT / "plugins/samples/link-spam/plugin.toml", sample)
    shutil.copy(ROOT / "plugins/fixtures/link-spam.wasm", sample / "build/plugin.wasm")
    (sample / "build.sh").write_text("#!/bin/sh\n")
    (sample / "build.sh").chmod(0o755)
    said = subprocess.run([binary, "plugin", "build", str(sample)], capture_output=True, text=True, check=True).stdout
    return re.match(r"(\S+) \(", said).group(1)


def post(server, video, person, seconds):
    """Comments a second, and per server-CPU-second, from eight connections."""
    texts = [sentence(150) for _ in range(500)]
    script = server.folder / "post.lua"
    script.write_text(
        "local texts = {" + ",".join(json.dumps(text) for text in texts) + "}\nlocal number = 0\n"
        f"local headers = {{['content-type'] = 'application/json', authorization = '{person}'}}\n"
        "function request()\n  number = number + 1\n"
        "  return wrk.format('POST', nil, headers, '{\"text\":\"' .. texts[number % 500 + 1] .. '\"}')\nend\n")
    url = f"http://127.0.0.1:{server.port}/api/v1/videos/{video['uuid']}/comment-threads"
    cpu = server.cpu_seconds()
    done = subprocess.run(["wrk", "-t1", "-c8", "--latency", "-s", str(script), f"-d{seconds}s", url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in done:
        raise SystemExit(f"comments were refused: {done}")
    count = int(re.search(r"(\d+) requests in", done).group(1))
    return (float(re.search(r"Requests/sec:\s+([0-9.]+)", done).group(1)), count / (server.cpu_seconds() - cpu),
            re.search(r"50%\s+(\S+)", done).group(1), re.search(r"99%\s+(\S+)", done).group(1))


def comments(args, settings, folder):
    package = packed(args.bin, folder)
    data = folder / "data"
    with Desk(args.bin, settings, data) as server:
        server.log_in()
        video = server.published(args.clip)
        list_id = server.add_list()
        # `farandole plugin install` reads the same settings as the server.
        subprocess.run([args.bin, "plugin", "install", package, "--enable", "--data-dir", str(data)], check=True, capture_output=True,
                       env={**__import__("os").environ, **settings})
        person = server.person("bencher")
        kinds = {"nothing on": (False, False), f"list of {ENTRIES:,}": (True, False), f"list of {ENTRIES:,}, plugin": (True, True)}
        found = {kind: [] for kind in kinds}
        for _ in range(args.rounds):
            for kind, (lists, plugins) in kinds.items():
                server.switch(list_id, lists)
                server.api("PUT", "/plugins/link-spam/enabled", {"enabled": plugins})
                post(server, video, person, 1)
                found[kind].append(post(server, video, person, 6))
        total = server.json("GET", f"/api/v1/videos/{video['uuid']}/comment-threads?count=0", headers=server.auth)["total"]
    print(f"\n### Comments posted through the API, {args.engine}\n\n| | comments/s | per server-CPU-second | median | p99 |\n|---|---|---|---|---|")
    for kind, rounds in found.items():
        rate, cpu = (statistics.median(values) for values in ([r[0] for r in rounds], [r[1] for r in rounds]))
        near = min(rounds, key=lambda r: abs(r[0] - rate))
        print(f"| {kind} | {rate:,.0f} | {cpu:,.0f} | {near[2]} | {near[3]} |")
    print(f"\n150 characters, 8 connections, medians of {args.rounds} interleaved rounds of 6 s; {total:,} comments in the end.")


class Knocking:
    """Asks for a page at a steady rate, whatever the answers do, and notes how long each took."""

    def __init__(self, server, path, rate=100):
        self.taken, self.over = [], threading.Event()
        self.threads = [threading.Thread(target=self.knock, args=(server, path, 4 / rate, number / rate)) for number in range(4)]

    def knock(self, server, path, every, first):
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        due = time.monotonic() + first
        while not self.over.is_set():
            time.sleep(max(0, due - time.monotonic()))
            connection.request("GET", path)
            connection.getresponse().read()
            # From when it was due: a wait behind a slow answer counts.
            self.taken.append(time.monotonic() - due)
            due += every

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def at(self, part):
        return sorted(self.taken)[int((len(self.taken) - 1) * part)] * 1000


def sqlite(data, statements):
    db = sqlite3.connect(data / "farandole.sqlite", isolation_level=None, timeout=60)
    db.execute("BEGIN IMMEDIATE")
    for statement in statements:
        db.execute(*statement) if isinstance(statement, tuple) else db.execute(statement)
    db.execute("COMMIT")
    db.execute("ANALYZE")
    db.close()


def psql(url, text):
    done = subprocess.run(["psql", "-qAt", "-v", "ON_ERROR_STOP=1", url], input=text, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"the tables were not filled: {done.stderr[:2000]}")


def series(count):
    return f"(WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS n"


def fill(args, data, statements):
    if args.postgres:
        psql(args.postgres, "BEGIN;" + ";\n".join(statements) + ";COMMIT; ANALYZE;")
    else:
        sqlite(data, statements)


def preview(args, settings, folder):
    data = folder / "data"
    with Desk(args.bin, settings, data) as server:
        server.log_in()
        server.published(args.clip)
        list_id = server.add_list()
    now = int(time.time() * 1000)
    texts = [sentence(150) for _ in range(20_000)]
    quoted = ",".join("('" + text + "')" for text in texts)
    times = STORED // len(texts)
    fill(args, data, [
        f"INSERT INTO revisions (subject_kind, subject_id, field, text, state, surface, format, created_at) "
        f"SELECT 'comment', n.i, 'text', texts.column1, 'shown', 'comment', 'markdown', {now} - 1000 * n.i "
        f"FROM {series(times)}, (VALUES {quoted}) AS texts"])
    path = "/api/v1/videos?count=15"
    with Desk(args.bin, settings, data) as server:
        server.log_in()
        server.json("GET", path)
        alone, beside = [], []
        for round_number in range(args.rounds):
            with Knocking(server, path) as quiet:
                time.sleep(15)
            alone.append(quiet)
            began = time.monotonic()
            with Knocking(server, path) as busy:
                made = server.api("POST", "/moderation/previews", {"listId": list_id, "days": 7})
                while (state := server.api("GET", f"/moderation/previews/{made['id']}"))["state"] == "running":
                    time.sleep(0.2)
                taken = time.monotonic() - began
            if state["state"] != "done" or state["examined"] < STORED:
                raise SystemExit(f"the preview failed: {state}")
            beside.append((busy, taken, state))
        memory = server.resident_mib()
    print(f"\n### A list of {ENTRIES:,} entries tried on {beside[0][2]['examined']:,} stored comments of 150 characters, {args.engine}\n")
    print("| round | seconds | other requests alone: median, p99 | beside: median, p99 |\n|---|---|---|---|")
    for number, (quiet, (busy, taken, _)) in enumerate(zip(alone, beside), 1):
        print(f"| {number} | {taken:.1f} | {quiet.at(0.5):.1f} ms, {quiet.at(0.99):.1f} ms | {busy.at(0.5):.1f} ms, {busy.at(0.99):.1f} ms |")
    print(f"\n`GET {path}` at 100 requests a second, whatever the answers do. Resident afterwards {memory:.0f} MiB.")


def crowd(now):
    """A year of a large instance: accounts, reports, held comments and what was decided before."""
    minute = 60_000
    actor = "(SELECT MIN(id) FROM actors WHERE name = 'crowd1')"
    return [
        f"INSERT INTO actors (kind, name, name_folded, ap_url, created_at, updated_at) SELECT 'account', 'crowd' || i, 'crowd' || i, 'bench:' || i, {now} - i * {minute}, {now} FROM {series(ACCOUNTS)}",
        f"INSERT INTO users (username, email, email_folded, password_hash, role, video_quota, video_quota_daily, created_at, updated_at) SELECT 'crowd' || i, 'crowd' || i || '@example.org', 'crowd' || i || '@example.org', '', 2, -1, -1, {now} - i * {minute}, {now} FROM {series(ACCOUNTS)}",
        "INSERT INTO accounts (actor_id, user_id, display_name, display_sort, created_at, updated_at) SELECT actors.id, users.id, actors.name, actors.name, actors.created_at, actors.updated_at FROM actors JOIN users ON users.username = actors.name WHERE actors.name LIKE 'crowd%'",
        # Held comments: the author of every tenth is the same. Then as many that were decided, three times over.
        f"INSERT INTO comments (ap_url, video_id, actor_id, text, folded, state, created_at, updated_at) SELECT 'bench:comment:' || i, (SELECT MIN(id) FROM videos), {actor} + CASE WHEN i % 10 = 0 THEN 0 ELSE i % {ACCOUNTS} END, CASE WHEN i <= {HELD} THEN '' ELSE 'a comment of the crowd, number ' || i END, 'a comment of the crowd, number ' || i, CASE WHEN i <= {HELD} THEN 'held' ELSE 'shown' END, {now} - i * {minute}, {now} FROM {series(HELD * 4)}",
        f"INSERT INTO revisions (subject_kind, subject_id, field, text, actor_id, verdict, state, created_at, surface, format, channel_id, owner_account_id) SELECT 'comment', id, 'text', folded, actor_id, 'hold', state, created_at, 'comment', 'markdown', (SELECT MIN(id) FROM channels), (SELECT MIN(id) FROM accounts) FROM comments WHERE ap_url LIKE 'bench:%'",
        """INSERT INTO moderation_audit (at, deed, subject_kind, subject_id, field, surface, revision_id, verdict, reasons, author_id, channel_id, excerpt, excerpt_folded) SELECT created_at, 'judged', 'comment', subject_id, 'text', 'comment', id, 'hold', '[]', actor_id, channel_id, text, text FROM revisions WHERE text LIKE 'a comment of the crowd%'""",
        f"""INSERT INTO review_items (id, state, subject_kind, subject_id, field, surface, revision_id, author_id, channel_id, text_folded, waiting, held_at, decided_at) SELECT a.id, CASE WHEN r.state = 'held' THEN 'open' ELSE 'released' END, 'comment', a.subject_id, 'text', 'comment', r.id, a.author_id, a.channel_id, r.text, CASE WHEN r.state = 'held' THEN 1 ELSE 0 END, a.at, CASE WHEN r.state = 'held' THEN NULL ELSE a.at + 3600000 END FROM moderation_audit a JOIN revisions r ON r.id = a.revision_id WHERE a.excerpt LIKE 'a comment of the crowd%'""",
        """INSERT INTO statements (act, subject_kind, subject_id, label, actor_id, automated, ground, rule, reason, item_id, created_at) SELECT 'text-held', 'comment', subject_id, 'a comment', author_id, 1, 'rules', 'watched-words', 'It has a word of a list.', id, held_at FROM review_items WHERE text_folded LIKE 'a comment of the crowd%'""",
        # Reports: 500 wait, the others are decided. One of twenty is about the same video.
        f"""INSERT INTO abuses (kind, reporter_actor_id, flagged_actor_id, video_id, reason, predefined, flagged_name, folded, state, created_at, updated_at, decided_at) SELECT CASE WHEN i % 20 = 0 THEN 'video' ELSE 'account' END, {actor} + i % {ACCOUNTS}, {actor} + (i * 7) % 1000, CASE WHEN i % 20 = 0 THEN (SELECT MIN(id) FROM videos) END, 'a report of the crowd, number ' || i, '["spamOrMisleading"]', 'crowd', 'a report of the crowd, number ' || i, CASE WHEN i <= 500 THEN 1 ELSE 2 + i % 2 END, {now} - i * 7 * {minute}, {now}, CASE WHEN i <= 500 THEN NULL ELSE {now} - i * 7 * {minute} + 3600000 END FROM {series(REPORTS)}""",
    ]


PAGES = [
    ("the queue's first page", "/moderation/queue?count=20"),
    ("its page 1,000", "/moderation/queue?count=20&start=19980"),
    ("newest first", "/moderation/queue?count=20&sort=-heldAt"),
    ("of one author", "/moderation/queue?count=20&author=crowd1"),
    ("searched", "/moderation/queue?count=20&search=number+4999"),
    ("what is around an item", "/moderation/queue/{item}/context"),
    ("overview of all that waits", "/moderation/overview?count=10"),
    ("reports that wait", "/abuses?count=20&state=1"),
    ("all reports", "/abuses?count=20"),
    ("reports, searched", "/abuses?count=20&search=number+4999"),
    ("audit log", "/moderation/audit?count=20"),
    ("audit log, searched", "/moderation/audit?count=20&search=number+4999"),
    ("users", "/users?count=20"),
    ("users, searched", "/users?count=20&search=crowd4999"),
    ("an account", "/moderation/accounts/crowd1"),
    ("all that it wrote", "/moderation/accounts/crowd1/texts?count=20"),
    ("blocks", "/moderation/blocks?count=20&all=true"),
    ("comments of the instance", "/videos/comments?count=20"),
]


def desk(args, settings, folder):
    data = folder / "data"
    with Desk(args.bin, settings, data) as server:
        server.log_in()
        server.published(args.clip)
    began = time.monotonic()
    fill(args, data, crowd(int(time.time() * 1000)))
    filled = time.monotonic() - began
    with Desk(args.bin, settings, data) as server:
        server.log_in()
        queue = server.api("GET", "/moderation/queue?count=20")
        if queue["total"] < HELD or len(queue["data"]) < 20:
            raise SystemExit(f"the queue has {queue['total']}")
        print(f"\n### Desks with {ACCOUNTS:,} accounts, {REPORTS:,} reports, {HELD:,} held comments of {HELD * 4:,}, {args.engine}\n\n| page | median | p99 |\n|---|---|---|")
        for name, path in PAGES:
            path = path.format(item=queue["data"][0]["id"])
            taken = []
            for _ in range(args.asks + 2):
                began = time.monotonic()
                server.api("GET", path)
                taken.append((time.monotonic() - began) * 1000)
            # The first two fill caches and prepare statements.
            taken = sorted(taken[2:])
            print(f"| {name} | {statistics.median(taken):.1f} ms | {taken[int((len(taken) - 1) * 0.99)]:.1f} ms |", flush=True)
        began = time.monotonic()
        server.json("GET", "/api/v1/server/transparency")
        print(f"| transparency, a year, not kept ready | {(time.monotonic() - began) * 1000:.0f} ms | |")
        ids = [item["id"] for item in queue["data"]]
        began = time.monotonic()
        server.api("POST", "/moderation/decisions", {"ids": ids, "decision": "reject", "answer": "Not here."})
        print(f"| rejecting {len(ids)} items | {(time.monotonic() - began) * 1000:.0f} ms | |")
        print(f"\n{args.asks} requests one after another, after two; the tables took {filled:.0f} s to write.")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", required=True)
    options.add_argument("--clip", required=True)
    options.add_argument("--postgres", help="URL of an empty database; one part then")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--asks", type=int, default=50)
    options.add_argument("parts", nargs="*", help="comments, preview, desk; all of them unless said")
    args = options.parse_args()
    args.engine = "PostgreSQL" if args.postgres else "SQLite"
    settings = {**SETTINGS, **({"FARANDOLE__DATABASE__URL": args.postgres} if args.postgres else {})}
    for part in args.parts or ["comments", "preview", "desk"]:
        folder = Path(tempfile.mkdtemp(prefix="farandole-bench-"))
        (folder / "data").mkdir()
        try:
            {"comments": comments, "preview": preview, "desk": desk}[part](args, settings, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


main()
