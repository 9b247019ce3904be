"""Measures the picture's report as London grows: `python benchmarks/reports.py --needs 10 40 100 300`.

For each number of needs that each of the 33 authorities has, facts are made up and frozen, and the report is made from
their bytes in a process of its own, as a worker makes it: figures, annex files and report, one child after the other.
`bare` is WeasyPrint alone over the same HTML: no tags for accessibility, no limits, nothing attached, its own fetcher.
Told are CPU milliseconds a page, seconds on the clock and the highest resident memory of any process that made a file.
`--plot FILE` draws how the time of the longest file and the memory grow with the pages of all files, as shares of the
30 s and the 512 MiB that a file may take.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SECONDS, MEBIBYTES, PAGES = 30, 512, 100


def build(needs: int, folder: Path) -> dict[str, Any]:
    """Make the report in this process and its children; what each child was given is left in the folder."""
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from procurement.pdf import picture, render
    from procurement.picture import facts
    from procurement.picture.telling import EXACT
    from tests.picture import large, made

    content = facts.to_json(made.frozen(large.london(needs)))
    pages: list[int] = []
    seconds: list[float] = []
    whole = render.render_pdf

    def watched(**options: Any) -> Any:
        started = time.perf_counter()
        pdf = whole(**options)
        seconds.append(time.perf_counter() - started)
        pages.append(pdf.pages)
        return pdf

    run = render._run

    def kept(job: Any, **options: Any) -> Any:
        (folder / f"{len(pages)}.json").write_text(json.dumps({"html": job.html, "css": job.css}), encoding="utf-8")
        return run(job, **options)

    render._run = kept
    picture.render_pdf = picture.annex_files.render_pdf = watched
    begun, spent = time.perf_counter(), time.process_time()
    pdf = picture.render(content, telling=EXACT)
    wall, own = time.perf_counter() - begun, time.process_time() - spent
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "wall": wall,
        # Figures and annex are computed once, for all files.
        "longest": wall - sum(seconds) + max(seconds),
        "cpu": own + children.ru_utime + children.ru_stime,
        "layout": children.ru_utime + children.ru_stime,
        "peak": max(children.ru_maxrss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024,
        "pages": pages,
        "size": len(pdf.content),
    }


def bare(job: Path) -> dict[str, Any]:
    """WeasyPrint over the HTML of one child."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    given = json.loads(job.read_text(encoding="utf-8"))
    fonts = FontConfiguration()
    # Its own fetcher knows no fonts of ours by name.
    css = given["css"].replace("loti:fonts/", (ROOT / "static" / "build" / "fonts").as_uri() + "/")
    begun = time.perf_counter()
    sheet = weasyprint.CSS(string=css, font_config=fonts)
    weasyprint.HTML(string=given["html"]).write_pdf(stylesheets=[sheet], font_config=fonts)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": time.perf_counter() - begun,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
    }


def told(*arguments: str) -> dict[str, Any]:
    """What this program prints in a process of its own."""
    environment = os.environ | {"LOTI_ENV": "test", "DJANGO_SETTINGS_MODULE": "loti.settings"}
    command = [sys.executable, __file__, *arguments]
    ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def measure(needs: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="loti-reports-") as folder:
        ours = told("--build", str(needs), "--folder", folder)
        alone = [told("--bare", str(path)) for path in sorted(Path(folder).glob("*.json"))]
    pages = sum(ours["pages"])
    bare_cpu = sum(each["cpu"] for each in alone)
    return {
        "needs each": needs,
        "pages": pages,
        "files": " + ".join(map(str, (*ours["pages"][-1:], *ours["pages"][:-1]))),
        "seconds": round(ours["wall"], 1),
        "of the longest file": round(ours["longest"], 1),
        "CPU s": round(ours["cpu"], 1),
        "ms a page": round(ours["cpu"] / pages * 1000),
        "peak MiB": round(ours["peak"]),
        "bare CPU s": round(bare_cpu, 1),
        "bare ms a page": round(bare_cpu / pages * 1000),
        "bare peak MiB": round(max(each["peak"] for each in alone)),
        "layout to bare": round(ours["layout"] / bare_cpu, 2),
        "most pages": max(ours["pages"]),
    }


def plot(rows: list[dict[str, Any]]) -> str:
    sys.path.insert(0, str(ROOT))
    from procurement.charts import curves

    lines = {
        "longest file, of 30 s": [row["of the longest file"] / SECONDS for row in rows],
        "memory, of 512 MiB": [row["peak MiB"] / MEBIBYTES for row in rows],
    }
    return curves.svg([row["pages"] for row in rows], lines, title="What a report takes as it grows", of="pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, nargs="+", default=[10, 40, 100, 300])
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        sys.stdout.write(json.dumps(build(options.build, options.folder)))
        return
    if options.bare:
        sys.stdout.write(json.dumps(bare(options.bare)))
        return
    rows = []
    for needs in options.needs:
        row = measure(needs)
        if not rows:
            sys.stdout.write(f"| {' | '.join(row)} |\n|{'---|' * len(row)}\n")
        sys.stdout.write(f"| {' | '.join(map(str, row.values()))} |\n")
        sys.stdout.flush()
        rows.append(row)
        if row["of the longest file"] > SECONDS or row["peak MiB"] > MEBIBYTES or row["most pages"] > PAGES:
            sys.stderr.write(f"With {needs} needs each, a file takes more than it may.\n")
    if options.plot:
        options.plot.write_text(plot(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
