"""The style of the page about a batch: text always stands on paper, and bars only repeat a number that is written."""

from __future__ import annotations

STYLE = """\
:root {
  color-scheme: light dark;
  --paper: #ffffff;
  --ink: #1c2127;
  --quiet: #535c66;
  --edge: #c3cad2;
  --track: #eceff2;
  --approve: #1f7a3d;
  --deny: #b3261e;
  --pend: #9a6700;
  --plain: #0b4a9e;
  --rejected: #6e7781;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d;
    --ink: #e5eaf0;
    --quiet: #a7b2bd;
    --edge: #3b444e;
    --track: #2a3139;
    --approve: #58c27a;
    --deny: #ff8f87;
    --pend: #e3b341;
    --plain: #8dbdff;
    --rejected: #9aa5b1;
  }
}
@media print {
  :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --quiet: #404040; --edge: #b0b0b0; }
  tr { break-inside: avoid; }
}
* { box-sizing: border-box; }
html { color: var(--ink); background-color: var(--paper); font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 0.25rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem;
  border-top: 1px solid var(--edge); }
p, ul { margin: 0 0 0.75rem; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 0.875em; }
.quiet { color: var(--quiet); background-color: var(--paper); }
.verdict { font-size: 1.125rem; font-weight: 600; margin: 0.5rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.375rem 0.75rem 0.375rem 0;
  border-bottom: 1px solid var(--edge); }
th { font-weight: 600; }
tbody th { font-weight: 400; width: 45%; }
tbody th small { display: block; font-size: 0.875rem; }
tbody td:last-child { width: 40%; }
.figure { white-space: nowrap; font-variant-numeric: tabular-nums; }
.track { display: block; height: 0.75rem; margin-top: 0.25rem; border: 1px solid var(--edge);
  background-color: var(--track); }
.share { display: block; height: 100%; }
.share.approve { background-color: var(--approve); }
.share.deny { background-color: var(--deny); }
.share.pend { background-color: var(--pend); }
.share.plain { background-color: var(--plain); }
.share.rejected { background-color: var(--rejected); }
@media (max-width: 40rem) {
  body { padding: 1rem 0.875rem 3rem; }
  h1 { font-size: 1.375rem; }
  tbody th { width: 40%; }
}
"""
