"""Who sees it: forms in, pages out. A page calls one action and redirects, or loads and renders."""
