"""The benchmarks run: what they measure is called as the program has it today."""

from __future__ import annotations

from pathlib import Path

from tests import needs


@needs.linux
def test_each_thing_a_caseload_does_is_measured_beside_its_floor(tmp_path: Path) -> None:
    from benchmarks.caseloads import measure_caseload
    from benchmarks.consoles import Samples
    from benchmarks.data import Caseset, made
    from benchmarks.report import caseload_rows, single_rows

    few = made(Caseset("district", 30, tmp_path / "data"), lambda line: None)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    samples = Samples()

    measure_caseload(samples, few, 1, scratch)

    told = caseload_rows(samples, [few])
    alone = single_rows(samples, [few])
    assert len(told) == 10
    assert len(alone) == 3
    assert 2 * len(told) + len(alone) == len(samples.values)  # nothing is measured and not told
