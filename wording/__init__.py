"""The words of every document as plain text, and the Word templates made from them."""
