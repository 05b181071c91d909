"""What the walks have in common: saying what was found, and waiting for what should come."""
import time

failures = []


def report(title, problems, text=""):
    """Prints a check; with problems, what they are and the text they were found in."""
    print(("  ok    " if not problems else "  FAIL  ") + title, flush=True)
    if problems:
        failures.append(title)
        for p in problems:
            print("          " + p)
        print("          | " + "\n          | ".join(text.strip().splitlines()[:40]), flush=True)


def until(title, condition, patience, evidence=str):
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
    report(title, [f"did not happen within {patience} s"], evidence(last))
    return None
