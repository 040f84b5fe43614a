"""Where facts come from: one module or package a source, all of the same shape."""
