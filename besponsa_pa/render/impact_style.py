"""The style of the page about an impact: that of a batch, and what only this page has."""

from __future__ import annotations

from besponsa_pa.render.batch_style import STYLE as BATCH_STYLE

STYLE = f"""{BATCH_STYLE}\
caption {{ text-align: left; color: var(--quiet); background-color: var(--paper); padding-bottom: 0.5rem; }}
td, thead th {{ overflow-wrap: break-word; }}
tbody th {{ width: auto; min-width: 7rem; }}
table.changes tbody td:last-child {{ width: 30%; }}
table.plain tbody td:last-child {{ width: auto; }}
.flows {{ list-style: none; padding: 0; }}
.flows li {{ margin-bottom: 0.75rem; }}
.flow {{ display: flex; height: 1.25rem; margin-top: 0.25rem; border: 1px solid var(--edge); gap: 1px;
  background-color: var(--track); }}
.flow span {{ display: block; height: 100%; min-width: 2px; }}
.key {{ display: inline-block; width: 0.875rem; height: 0.875rem; margin-right: 0.375rem; vertical-align: -0.0625rem; }}
.legend {{ display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0; }}
.approve {{ background-color: var(--approve); }}
.deny {{ background-color: var(--deny); }}
.pend {{ background-color: var(--pend); }}
.reject {{ background-color: var(--rejected); }}
h3 {{ font-size: 1rem; margin: 1.5rem 0 0.5rem; }}
.example {{ border-left: 3px solid var(--edge); padding-left: 0.875rem; margin-bottom: 1.25rem; }}
.example h4 {{ font-size: 1rem; margin: 0 0 0.25rem; }}
dl {{ margin: 0 0 0.5rem; }}
dt {{ font-weight: 600; margin-top: 0.25rem; }}
dd {{ margin: 0 0 0 1rem; }}
th:last-child, td:last-child {{ padding-right: 0; }}
@media (max-width: 40rem) {{
  th, td {{ padding-right: 0.5rem; }}
  .moves td.figure {{ white-space: normal; }}
  .moves tbody th {{ min-width: 9rem; }}
}}
"""
