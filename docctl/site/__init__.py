"""The published site: plan, stage, engine, output check. Must not decide anything: a page shows what was computed before it."""
