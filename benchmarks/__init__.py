"""Speed and memory against stated targets: `python -m benchmarks`. See README.md."""
