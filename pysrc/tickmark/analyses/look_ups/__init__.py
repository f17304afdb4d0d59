"""What a model may look up in a workbook while it answers: exact cells, references, texts."""
