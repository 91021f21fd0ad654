// bench: what the systems' entry points call.
#pragma once

/// Measures the rows; the program's exit status: 0, or 2 if a name is unknown.
int MeasureRows(int count, char* const* names);
