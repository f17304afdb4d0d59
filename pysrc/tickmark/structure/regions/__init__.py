"""What a person sees on a sheet: tables with headers and totals, key-value blocks, notes.

`detect` leads from a sheet to its regions (`model.region`), in stages:

- Cells: `appearance` is what each looks like (of `kinds`), `places` and `merges` where they are,
  `evidence` what the author said of the layout, `taken` (with `prose` and `claims`) the ranges that
  are regions for certain.
- Windows: `islands` are what blank rows and columns keep apart, `windows` the parts of a sheet that
  are read one by one, each as dense arrays, a `raster`; `sparse` is for those too large for that.
- Boxes (`boxes`, each a `draft`): `cuts` parts islands along `row_cuts` and `column_cuts`, which go
  by `looks` and by `starts` of tables, and `print_cuts` along print areas; `trims` takes titles and
  notes off; `joins`, `repeats` and `remainders` see to long gaps, tables side by side and what
  stands around others.
- Headers (`headers`, all `header_*`): rows, key columns, sections, repeated headers of a box;
  `paths` are the texts that name its columns and rows.
- Totals (`totals`, all `total_*`): rows and columns that sum up others, by formulas (`sums`), by
  values and by what they are called.
- Roles (`roles`): a `tally` of a box gives its `verdicts` (`tables`, `key_values`, `lines`,
  `stacks`), its neighbours (`parts`) its `titles`, `notes`, `reasons` and `confidence`.

Apart from these, `anchors` (all `anchor_*`) are the rows and columns that tell the structure of a
sheet, so that the others need not be read.
"""
