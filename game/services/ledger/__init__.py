"""The books: receipts, movements between accounts, and the one way to post them."""
