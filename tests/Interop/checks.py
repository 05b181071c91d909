"""What the walks have in common: saying what was found, and waiting for what should come."""
import time

failures = []
absent = []
counted = 0


def report(title, problems, text=""):
    """Prints a check; with problems, what they are and the text they were found in."""
    global counted
    counted += 1
    print(("  ok    " if not problems else "  FAIL  ") + title, flush=True)
    if problems:
        failures.append(title)
        for p in problems:
            print("          " + p)
        print("          | " + "\n          | ".join(text.strip().splitlines()[:40]), flush=True)


def missing(title, feature):
    """What does not work because the server lacks a feature: said, counted, and no failure."""
    absent.append(feature)
    print(f"  todo  {title}: known missing: {feature}", flush=True)


def inapplicable(title, why):
    print(f"  n/a   {title}: {why}", flush=True)


def summary():
    print(f"{counted} checks, {len(failures)} failed, {len(absent)} known missing" + "".join(f"\n  known missing: {f} ({absent.count(f)})" for f in dict.fromkeys(absent)), flush=True)


def until(title, condition, patience, evidence=str, needs=""):
    """Waits for a condition that returns something true; else evidence makes a text of what it returned last."""
    end = time.monotonic() + patience
    last = None
    while time.monotonic() < end:
        try:
            last = condition()
            if last:
                report(title, [])
                return last
        except Exception as e:  # the condition may look at things that are not there yet
            last = e
        time.sleep(0.3)
    if needs:
        missing(title, needs)
    else:
        report(title, [f"did not happen within {patience} s"], evidence(last))
    return None
