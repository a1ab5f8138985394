"""Programs from Debian's archive in a folder of their own."""
