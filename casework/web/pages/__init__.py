"""One module for each part of the service; every function answers one page."""
