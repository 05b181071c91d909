"""Reads the reports of upstream's suite (JUnit, one file a process): how many tests of each area passed, and which did not.

    summary.py DIRECTORY        as text
    summary.py --tsv DIRECTORY  every test that ran: area, name, passed or failed, seconds, the first line of the failure
"""
import collections
import pathlib
import re
import sys
import xml.etree.ElementTree


def read(directory):
    """Yields (area, name, failure or None, seconds) of each test that ran."""
    for report in sorted(pathlib.Path(directory).glob("junit_*.xml")):
        for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
            named = re.match(r"\[([^\]]+)\] (.*?) *\[Conformance\]$", case.get("name"))
            if named is None or case.find("skipped") is not None:
                continue
            failure = case.find("failure")
            yield named[1], named[2], None if failure is None else failure.text or "", float(case.get("time"))


def reason(failure):
    """The sentence a person would look for: what was expected, without the place in upstream's source."""
    lines = [line.strip() for line in failure.splitlines() if line.strip() and not line.startswith("/")]
    return re.sub(r"^\w+ +\d+ [\d:.]+: ", "", " ".join(lines).replace("\t", " "))[:300]


def main(arguments):
    tests = sorted(read(arguments[-1]))
    if arguments[0] == "--tsv":
        for area, name, failure, seconds in tests:
            print(area, name, "passed" if failure is None else "failed", round(seconds), "" if failure is None else reason(failure), sep="\t")
        return
    areas = collections.defaultdict(lambda: [0, 0])
    for area, _, failure, _ in tests:
        areas[area][failure is not None] += 1
    for area, (passed, failed) in areas.items():
        print(f"{area}: {passed} passed, {failed} failed")
    for area, name, failure, _ in tests:
        if failure is not None:
            print(f"  failed  [{area}] {name}\n          {reason(failure)}")


if __name__ == "__main__":
    main(sys.argv[1:])
