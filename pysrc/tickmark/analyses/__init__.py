"""One file per feature: a plan of questions, and the conclusion from the outcomes."""
