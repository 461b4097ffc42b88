"""One module for each file format that the demo trust's schools export."""
