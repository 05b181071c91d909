"""Reads a log of upstream's suite (ginkgo 1): how many tests passed, and which did not.

    summary.py LOG
"""
import re
import sys

passed, failed = 0, []
with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
    for part in log.read().split("-" * 30 + "\n"):
        failure = re.search(r"^• Failure.*\n(.*)\n.*\n(.*)$", part, re.M)
        if failure:
            failed.append(f"{failure[1].strip()} {failure[2].strip()}")
        else:
            passed += len(re.findall(r"^•", part, re.M))
print(f"{passed} passed, {len(failed)} failed")
for name in sorted(failed):
    print(f"  failed  {name}")
sys.exit(0)
