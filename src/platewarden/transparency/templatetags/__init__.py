"""What the portal's template needs beside its words."""
