"""Facts of a small formula graph with one of everything."""

from __future__ import annotations

from tickmark.report.graph_facts import (
    BlockFacts,
    GraphFacts,
    NameFacts,
    Reach,
    SheetFacts,
    TemplateFacts,
)

FACTS = GraphFacts(
    book="book.xlsx",
    sheets=(
        SheetFacts("Inputs", area=(1, 1, 9, 2), outline=("tn",)),
        SheetFacts("P&L", "hidden", 29, 3, 3, (1, 1, 20, 5), ("t.ff.",)),
    ),
    books=("old.xlsx",),
    links={(0, 1): 18, (1, 1): 3, (2, 1): 1},
    templates=(
        TemplateFacts(("Inputs!", (3, 0, 0, 0, 0), "*2")),
        TemplateFacts(("SUM(", (16, 2, 2, 10, 2), ")"), unknown=True),
        TemplateFacts(("TABLE(,B1)",), (20, 1), is_table=True),
    ),
    blocks=(
        BlockFacts(1, (2, 2, 9, 1, 1, 1), 0, reaches=(Reach(0, (2, 2, 2, 2), (1, 0, 1, 0)),)),
        BlockFacts(
            1,
            (2, 3, 5, 2, 2, 1),
            1,
            level=1,
            circular=True,
            labels=("Revenue", ""),
            reaches=(
                Reach(1, (2, 2, 10, 2)),
                Reach(1, (2, 2, 2, 2), cells=(2, 3, 1, 2, 1, 1)),
            ),
            more=4,
        ),
        BlockFacts(1, (20, 1, 2, 5, 1, 1), 2),
    ),
    names=(NameFacts("Rate", 0, (2, 2, 2, 2)),),
    formulas=29,
    totals=(("Formulas", "29", "3 unique, in 3 blocks"),),
    notes=("Something is not known.",),
)
