"""The demo agency: invented people, cameras, lists and pictures."""
